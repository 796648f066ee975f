-- Counts by queue and state as small deltas: one row a queue and state for each statement that moves cases.
CREATE FUNCTION cases_tally() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO cases_queuetally (queue_id, state, delta)
        SELECT queue_id, state, count(*) FROM arrived GROUP BY queue_id, state;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO cases_queuetally (queue_id, state, delta)
        SELECT queue_id, state, -count(*) FROM gone GROUP BY queue_id, state;
    ELSE
        INSERT INTO cases_queuetally (queue_id, state, delta)
        SELECT queue_id, state, sum(delta)
        FROM (
            SELECT queue_id, state, count(*) AS delta FROM arrived GROUP BY queue_id, state
            UNION ALL
            SELECT queue_id, state, -count(*) FROM gone GROUP BY queue_id, state
        ) AS moved
        GROUP BY queue_id, state HAVING sum(delta) <> 0;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER cases_tally_insert AFTER INSERT ON cases_case
    REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION cases_tally();
CREATE TRIGGER cases_tally_update AFTER UPDATE ON cases_case
    REFERENCING OLD TABLE AS gone NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION cases_tally();
CREATE TRIGGER cases_tally_delete AFTER DELETE ON cases_case
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION cases_tally();
