-- Lines of a kind with members say which member of their case they are about (triage.cases.staging.MEMBER).
DO $$
BEGIN
    FOR place IN 0..7 LOOP
        EXECUTE format('ALTER TABLE cases_staged_%s ADD COLUMN member uuid', place);
    END LOOP;
END
$$;
