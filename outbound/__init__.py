"""Welcome calls to new policyholders."""

import zoneinfo

# The time zone data that the lock file names counts, not what the machine happens to have: clocks change by law
# (British Columbia in 2026), and a machine that lags behind would ring an hour too early.
zoneinfo.reset_tzpath(to=())
