-- What lines say besides their evidence, and what turned lines do to queue, priority, due time and state.
DO $$
BEGIN
    FOR place IN 0..7 LOOP
        EXECUTE format('TRUNCATE cases_staged_%s, cases_turned_%s', place, place);
        EXECUTE format('ALTER TABLE cases_staged_%s ADD COLUMN report uuid NOT NULL', place);
        EXECUTE format(
            'ALTER TABLE cases_turned_%s ADD COLUMN report uuid NOT NULL, ADD COLUMN state text NOT NULL,
                ADD COLUMN priority integer NOT NULL, ADD COLUMN due_at timestamptz NOT NULL', place);
    END LOOP;
END
$$;
