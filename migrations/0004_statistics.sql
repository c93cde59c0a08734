-- What calls came to in one hour or, when they are old, in one day, which is 24 hours, in UTC. `body` has a line for each
-- model, account and key: three names, the counts, two histograms. A chart of a year reads some thousand rows; with a row
-- for each line it would be a hundred thousand. Rows are totals, so that writing one twice does no harm. `names` is
-- 'all'; of a day there are three rows more, 'model', 'account' and 'key', with sums that keep this one name only.
CREATE TABLE tallies (
    start_ms BIGINT NOT NULL,
    hours BIGINT NOT NULL,
    names TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (start_ms, hours, names)
);

-- The newest calls, as JSON; never what was said. `seq` grows with each.
CREATE TABLE calls (
    seq BIGINT PRIMARY KEY,
    body TEXT NOT NULL
);
