-- The facilities of the records of staged lines.
DO $$
BEGIN
    FOR place IN 0..7 LOOP
        EXECUTE format('ALTER TABLE cases_staged_%s ADD COLUMN facilities text[]', place);
        EXECUTE format('ALTER TABLE cases_turned_%s ADD COLUMN facilities text[]', place);
    END LOOP;
END
$$;
