-- What begins and ceases to wait in a queue, as deltas: one row a queue and hour of opening for each statement that
-- moves cases. A case that keeps waiting where it is, claimed or not, makes none. No joins: the planner has no
-- statistics for transition tables.
CREATE FUNCTION days_flow() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO days_queueflow (queue_id, opened, at, came, went)
        SELECT queue_id, date_trunc('hour', opened_at, 'UTC') AS hour, date_trunc('hour', now(), 'UTC'), count(*), 0
        FROM arrived WHERE state IN ('open', 'claimed') GROUP BY queue_id, hour;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO days_queueflow (queue_id, opened, at, came, went)
        SELECT queue_id, date_trunc('hour', opened_at, 'UTC') AS hour, date_trunc('hour', now(), 'UTC'), 0, count(*)
        FROM gone WHERE state IN ('open', 'claimed') GROUP BY queue_id, hour;
    ELSE
        INSERT INTO days_queueflow (queue_id, opened, at, came, went)
        SELECT queue_id, hour, date_trunc('hour', now(), 'UTC'),
               count(*) FILTER (WHERE side > 0), count(*) FILTER (WHERE side < 0)
        FROM (
            SELECT queue_id, hour, sum(side) AS side
            FROM (
                SELECT id, queue_id, date_trunc('hour', opened_at, 'UTC') AS hour, 1 AS side
                FROM arrived WHERE state IN ('open', 'claimed')
                UNION ALL
                SELECT id, queue_id, date_trunc('hour', opened_at, 'UTC'), -1
                FROM gone WHERE state IN ('open', 'claimed')
            ) AS sides
            GROUP BY id, queue_id, hour HAVING sum(side) <> 0
        ) AS moved
        GROUP BY queue_id, hour;
    END IF;
    RETURN NULL;
END
$$;

-- The triggers first: they keep writers out until this commits, so that no case is missed or counted twice.
CREATE TRIGGER days_flow_insert AFTER INSERT ON cases_case
    REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION days_flow();
CREATE TRIGGER days_flow_update AFTER UPDATE ON cases_case
    REFERENCING OLD TABLE AS gone NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION days_flow();
CREATE TRIGGER days_flow_delete AFTER DELETE ON cases_case
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION days_flow();

-- What waits now has an age but no hour in which it came; each queue's counting starts with this hour.
INSERT INTO days_queueflow (queue_id, opened, at, came, went)
SELECT queue_id, date_trunc('hour', opened_at, 'UTC') AS hour, NULL, count(*), 0
FROM cases_case WHERE state IN ('open', 'claimed') GROUP BY queue_id, hour;
INSERT INTO days_queueflow (queue_id, opened, at, came, went)
SELECT id, NULL, date_trunc('hour', now(), 'UTC'), 0, 0 FROM cases_queue;
