-- Lists of records in which several entries have come to be about one record by merges: only one of
-- them is shown, and these are all, for the others to be shown again.
CREATE TABLE unfolded (
    resource text NOT NULL,
    referrer uuid NOT NULL,
    lists    text NOT NULL,  -- a JSON object: the name of each list, and its entries
    CONSTRAINT unfolded_pkey PRIMARY KEY (resource, referrer)
);
CREATE INDEX moved_referrer ON moved (referrer);
