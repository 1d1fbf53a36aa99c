"""The whole product under faults: seeded stories of sales and payouts while parts are killed and messages go astray.

`script/chaos` runs it; docs/reliability.md says what is disturbed, what is compared, and what came out.
"""
