-- Eight places where a chunk of lines waits while it is landed (triage.cases.arrivals). Each is used by one transaction
-- at a time and empty again at its commit, so nothing is ever vacuumed there and nothing of a patient stays behind.
DO $$
BEGIN
    FOR place IN 0..7 LOOP
        EXECUTE format(
            'CREATE UNLOGGED TABLE cases_staged_%s (
                line_no bigint NOT NULL,
                fingerprint uuid NOT NULL,
                evidence uuid NOT NULL,
                severity smallint NOT NULL,
                domain text NOT NULL,
                reasons text[] NOT NULL,
                score double precision,
                size smallint NOT NULL,
                record_keys bigint[] NOT NULL,
                digest uuid NOT NULL,
                payload text NOT NULL
            ) WITH (autovacuum_enabled = false)', place);
        EXECUTE format(
            'CREATE UNLOGGED TABLE cases_turned_%s (
                line_no bigint NOT NULL,
                case_id bigint NOT NULL,
                exception_id bigint NOT NULL,
                fresh boolean NOT NULL,
                turn text NOT NULL,
                queue_id bigint NOT NULL,
                evidence uuid NOT NULL,
                severity smallint NOT NULL,
                domain text NOT NULL,
                reasons text[] NOT NULL,
                score double precision,
                size smallint NOT NULL
            ) WITH (autovacuum_enabled = false)', place);
    END LOOP;
END
$$;

-- The console's role may not truncate; this empties one place and can empty nothing else.
CREATE FUNCTION cases_clear_staged(place integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF place NOT BETWEEN 0 AND 7 THEN
        RAISE EXCEPTION 'there is no staging place %', place;
    END IF;
    EXECUTE format('TRUNCATE cases_staged_%s, cases_turned_%s', place, place);
END
$$;
