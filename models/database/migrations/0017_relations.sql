-- The changes of one record are found in their order.
CREATE INDEX changes_id ON changes (id, position);
