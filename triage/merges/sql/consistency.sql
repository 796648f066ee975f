-- An assertion follows the golden records of its two records. One column for both records of a link, two columns that a
-- CHECK keeps different for a NO_MATCH: no statement, from whatever program, can leave a contradiction.
ALTER TABLE merges_linkedpair
    ADD CONSTRAINT merges_linked_low FOREIGN KEY (low_key, golden_id)
        REFERENCES merges_recordidentity (record_key, golden_id) ON UPDATE CASCADE,
    ADD CONSTRAINT merges_linked_high FOREIGN KEY (high_key, golden_id)
        REFERENCES merges_recordidentity (record_key, golden_id) ON UPDATE CASCADE;
ALTER TABLE merges_keptapart
    ADD CONSTRAINT merges_apart_low FOREIGN KEY (low_key, low_golden)
        REFERENCES merges_recordidentity (record_key, golden_id) ON UPDATE CASCADE,
    ADD CONSTRAINT merges_apart_high FOREIGN KEY (high_key, high_golden)
        REFERENCES merges_recordidentity (record_key, golden_id) ON UPDATE CASCADE;
