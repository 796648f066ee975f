-- That a case's queue exists, asked once a statement. A foreign key asks it once a row at the commit: a tenth of the
-- time in which a run's new cases land. As a foreign key does, it locks the queues that cases come to against removal.
CREATE FUNCTION cases_require_queues(wanted bigint[]) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    found bigint[];
BEGIN
    SELECT array_agg(held.id) INTO found
    FROM (SELECT id FROM cases_queue WHERE id = ANY (wanted) ORDER BY id FOR KEY SHARE) AS held;
    IF NOT wanted <@ coalesce(found, '{}') THEN
        RAISE EXCEPTION 'a case is in a queue that does not exist' USING ERRCODE = 'foreign_key_violation';
    END IF;
END
$$;

-- As in tally.sql, with that question: of new cases, and of queues that a statement moved cases to from others.
CREATE OR REPLACE FUNCTION cases_tally() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    joined bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        joined := ARRAY(SELECT DISTINCT queue_id FROM arrived);
        INSERT INTO cases_queuetally (queue_id, state, delta)
        SELECT queue_id, state, count(*) FROM arrived GROUP BY queue_id, state;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO cases_queuetally (queue_id, state, delta)
        SELECT queue_id, state, -count(*) FROM gone GROUP BY queue_id, state;
    ELSE
        joined := ARRAY(SELECT queue_id FROM arrived EXCEPT SELECT queue_id FROM gone);
        INSERT INTO cases_queuetally (queue_id, state, delta)
        SELECT queue_id, state, sum(delta)
        FROM (
            SELECT queue_id, state, count(*) AS delta FROM arrived GROUP BY queue_id, state
            UNION ALL
            SELECT queue_id, state, -count(*) FROM gone GROUP BY queue_id, state
        ) AS moved
        GROUP BY queue_id, state HAVING sum(delta) <> 0;
    END IF;
    IF joined <> '{}' THEN
        PERFORM cases_require_queues(joined);
    END IF;
    RETURN NULL;
END
$$;

-- The row is locked before this runs: a case that came to the queue in the meantime is seen.
CREATE FUNCTION cases_keep_queue() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (TG_OP = 'DELETE' OR NEW.id <> OLD.id) AND EXISTS (SELECT 1 FROM cases_case WHERE queue_id = OLD.id) THEN
        RAISE EXCEPTION 'queue % has cases', OLD.id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER cases_keep_queue BEFORE DELETE OR UPDATE OF id ON cases_queue
    FOR EACH ROW EXECUTE FUNCTION cases_keep_queue();
