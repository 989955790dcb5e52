"""Parts from which invented people and their policies are put together."""

SURNAMES = tuple(
    "陳陳陳林林林黃黃張張李李王王吳吳劉蔡楊許鄭謝郭洪曾邱廖賴周徐蘇葉莊呂江何蕭羅高潘簡朱鍾彭游詹胡施沈余盧梁趙顏柯翁魏孫戴"
)
GIVEN = tuple("安柏辰德恩芳國涵宏惠佳建潔俊凱麗玲美明念寧佩琪晴如珊詩淑思婷文曉欣雅怡宜盈永育玉元哲真志子宗")
ENGLISH_GIVEN = (
    "Alice", "Arthur", "Beatrice", "Clara", "Daniel", "Edith", "Emily", "Frank", "Grace", "Harold", "Helen", "Iris",
    "James", "Julia", "Laura", "Martin", "Nora", "Oliver", "Peter", "Rose", "Samuel", "Thomas", "Vera", "Walter",
)  # fmt: skip
ENGLISH_FAMILY = (
    "Ashdown", "Barlow", "Carver", "Dunmore", "Ellery", "Fairfield", "Garrick", "Hartwell", "Ingram", "Kingsley",
    "Langford", "Merriton", "Norwood", "Oakley", "Pemberton", "Quimby", "Redfern", "Stanton", "Thornbury", "Wexley",
)  # fmt: skip
PRODUCTS = (
    ("WL20", "安心終身壽險"),
    ("IA10", "福樂利率變動型年金保險"),
    ("HI05", "守護醫療健康保險"),
    ("UL08", "豐收變額萬能壽險"),
    ("AC01", "平安傷害保險"),
)
CHANNELS = ("agent", "agent", "agent", "bank", "broker", "online")
FUNDS = ("salary", "salary", "savings", "pension", "loan", "policy_surrender")
TAIWANESE_PLACES = (
    ("TW", "100"), ("TW-TPE", "106"), ("TW-TPE", "110"), ("TW-NWT", "220"), ("TW-NWT", "234"), ("TW-TAO", "330"),
    ("TW-HSZ", "300"), ("TW-TXG", "407"), ("TW-CHA", "500"), ("TW-TNN", "700"), ("TW-KHH", "807"), ("TW-PIF", "900"),
    ("TW-HUA", "970"), ("TW-KEE", "204"),
)  # fmt: skip
AMERICAN_PLACES = (
    ("US-CA", "America/Los_Angeles", "94103", ("213", "310", "323", "408", "415", "510", "562", "619", "626", "650")),
    ("US-NY", "America/New_York", "10013", ("212", "315", "347", "516", "518", "585", "631", "646", "716", "718")),
    ("US-TX", "America/Chicago", "77002", ("210", "214", "281", "512", "713", "817", "832", "972")),
    ("US-WA", "America/Los_Angeles", "98104", ("206", "253", "360", "425")),
    ("US-IL", "America/Chicago", "60616", ("217", "312", "630", "708")),
)
OTHER_PLACES = (
    ("US", "", ""), ("BG", "Europe/Sofia", "1000"), ("JP-13", "Asia/Tokyo", "100-0001"), ("EG", "Africa/Cairo", ""),
    ("SG", "Asia/Singapore", "238801"),
)  # fmt: skip
"""A country too wide to be called as a whole, two without rules, and two that are called like any other."""
