"""Which question a prompt puts, by words that every wording of it has: what invented people react to."""

RECORDING = r"記錄這通電話|想留下記錄|電話的內容|同意記錄|record of (this call|what is said)|keep a record"
RIGHT_PARTY = r"本人嗎|是本人|^您是[^，]{1,60}本人|Am I speaking with|I'm looking for"
HOUSEHOLD = (
    r"要找的人|person I asked for|電話沒打錯|right number but"
    r"|平常用這支電話|這支電話，找得到|uses this phone|be reached on this phone"
)
# Asked of whoever rings back.
NOW_OR_LATER = r"現在可以談|您想現在談|現在談，請按|To talk now|like to talk now"
BIRTH = r"出生|您的生日|of your birth|birth date"
POLICY_DIGITS = r"保單號碼(的)?最後四|(輸入|請按)最後四個數字|key in its last four digits|digits of your policy number"
SERVICE = r"服務您滿意嗎|您覺得滿意嗎|對服務滿意|satisfied with (our|the) service|happy with how"
SERVICE_PERSON = r"專人打電話給您，了解|Shall a person call you about it|people to call and listen"
# Asked of people of 65 and older.
WELL = r"您最近都好嗎|最近過得好不好|最近都好，請按|are you doing well|Have you been well|If you have been well"
EXPLAINED = (
    r"跟您說明清楚嗎|把保單講給您聽|有人說明過|explain your policy|did anyone go through it"
    r"|If somebody explained it"
)
CARED_FOR = (
    r"打電話關心您嗎|跟您聊一聊|^要專人打電話給您，請按|慢慢說明給您聽|再講一次保單|要專人再說明"
    r"|Shall a person call you\?|call you for a talk|For a call from a person, press"
    r"|explain it to you|our people to call, and go"
)
FREE_LOOK = r"可以撤銷|撤銷保單的|you may cancel"
SELF_SERVICE = r"自己辦|Shall I (repeat|say) that|yourself, use|For self-service|address yourself on"
QUESTION = (
    r"想問的問題|想問的嗎|想問我們呢|想請我們回答|有問題想問|有問題，請按|anything you would like to ask"
    r"|[dD]o you have a question|If you have a question"
)
QUESTION_WORDS = (
    r"請(慢慢)?說您的問題|再說一次您的問題|再說一次，簡單說|say it once more|您的問題，要專人|say your question"
    r"|talk about your question"
)
WISH = r"專人(再)?打電話給您嗎|our people to call you|person give you a call"
CALLBACK_TIME = r"回電時間[，：]|Choose a call time|Which call time|For another time, press"
CALLBACK_CONFIRM = r"回電時間是|打給您，可以嗎|回電，確定|We will call on|Shall we call on|For a call on"
SATISFACTION = r"推薦給親友|零分是|zero to ten|Zero means|for your score"
NINE_OR_TEN = r"九分，還是十分|九分，請按|a nine or a ten|For nine, press"
ZERO_OR_PERSON = r"零分，還是|打零分|score of zero"
REASON = r"為什麼給這個分數|哪裡可以更好|給分的原因|choose that score|could we do better|To tell us why"
# What is offered besides: a person, a link, a form.
OFFERED = (
    r"說得更詳細|再打電話跟您說明|回答您比較好|沒有現成的答案|回答您的問題|把網址給您|網址用簡訊"
    r"|收到網址的簡訊，請按 1。不用，請按 2。$|申請書嗎|申請書怎麼拿|申請書的簡訊"
    r"|to explain more|explains more|go through it with you|ready answer|with an answer"
    r"|^Shall I text you|as a text message|text message (with|about) the|message about where"
)
WAITING = (
    r"在線上等。接起來|在線上等。本人|本人要接聽|可以繼續的時候|還在線上。好了|還在等您"
    r"|hold the line|still on the line|take this call|When you are ready|still waiting"
)
OPT_OUT = r"自動語音.{0,4}打電話給您，對|不要再打自動語音|以後不要再打|no more automated calls|never again call you"
