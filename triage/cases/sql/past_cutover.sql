-- As queue_reference.sql; cases deferred past a cutover count under their state, and once more as ‘past_cutover’.
CREATE OR REPLACE FUNCTION cases_tally() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    joined bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        joined := ARRAY(SELECT DISTINCT queue_id FROM arrived);
        INSERT INTO cases_queuetally (queue_id, state, delta)
        SELECT queue_id, state, count(*) FROM arrived GROUP BY queue_id, state
        UNION ALL
        SELECT queue_id, 'past_cutover', count(*) FROM arrived WHERE past_cutover GROUP BY queue_id;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO cases_queuetally (queue_id, state, delta)
        SELECT queue_id, state, -count(*) FROM gone GROUP BY queue_id, state
        UNION ALL
        SELECT queue_id, 'past_cutover', -count(*) FROM gone WHERE past_cutover GROUP BY queue_id;
    ELSE
        joined := ARRAY(SELECT queue_id FROM arrived EXCEPT SELECT queue_id FROM gone);
        INSERT INTO cases_queuetally (queue_id, state, delta)
        SELECT queue_id, state, sum(delta)
        FROM (
            SELECT queue_id, state, count(*) AS delta FROM arrived GROUP BY queue_id, state
            UNION ALL
            SELECT queue_id, state, -count(*) FROM gone GROUP BY queue_id, state
            UNION ALL
            SELECT queue_id, 'past_cutover', count(*) FROM arrived WHERE past_cutover GROUP BY queue_id
            UNION ALL
            SELECT queue_id, 'past_cutover', -count(*) FROM gone WHERE past_cutover GROUP BY queue_id
        ) AS moved
        GROUP BY queue_id, state HAVING sum(delta) <> 0;
    END IF;
    IF joined <> '{}' THEN
        PERFORM cases_require_queues(joined);
    END IF;
    RETURN NULL;
END
$$;

-- As wave_tally_shared.sql, with how many of the unresolved cases are deferred past a cutover.
CREATE OR REPLACE FUNCTION cases_wave_tally() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO cases_wavetally (wave_id, kind, severity, domain, phase, delta, became, folded, past_cutover)
        SELECT wave_id, kind, severity, domain, phase, count(*),
               CASE WHEN severity = 4 AND phase = 'unresolved' THEN count(*) ELSE 0 END, false,
               count(*) FILTER (WHERE past_cutover)
        FROM (
            SELECT wave_id, kind, severity, domain, cases_phase(state) AS phase, past_cutover FROM arrived
            UNION ALL
            SELECT further.w, kind, severity, domain, cases_phase(state), past_cutover
            FROM arrived CROSS JOIN LATERAL unnest(further_waves) AS further (w) WHERE further_waves IS NOT NULL
        ) AS placed
        GROUP BY wave_id, kind, severity, domain, phase;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO cases_wavetally (wave_id, kind, severity, domain, phase, delta, became, folded, past_cutover)
        SELECT wave_id, kind, severity, domain, phase, -count(*), 0, false, -count(*) FILTER (WHERE past_cutover)
        FROM (
            SELECT wave_id, kind, severity, domain, cases_phase(state) AS phase, past_cutover FROM gone
            UNION ALL
            SELECT further.w, kind, severity, domain, cases_phase(state), past_cutover
            FROM gone CROSS JOIN LATERAL unnest(further_waves) AS further (w) WHERE further_waves IS NOT NULL
        ) AS placed
        GROUP BY wave_id, kind, severity, domain, phase;
    ELSE
        INSERT INTO cases_wavetally (wave_id, kind, severity, domain, phase, delta, became, folded, past_cutover)
        SELECT wave_id, kind, severity, domain, phase, sum(delta), 0, false,
               coalesce(sum(delta) FILTER (WHERE past_cutover), 0)
        FROM (
            SELECT wave_id, kind, severity, domain, cases_phase(state) AS phase, 1 AS delta, past_cutover FROM arrived
            UNION ALL
            SELECT further.w, kind, severity, domain, cases_phase(state), 1, past_cutover
            FROM arrived CROSS JOIN LATERAL unnest(further_waves) AS further (w) WHERE further_waves IS NOT NULL
            UNION ALL
            SELECT wave_id, kind, severity, domain, cases_phase(state), -1, past_cutover FROM gone
            UNION ALL
            SELECT further.w, kind, severity, domain, cases_phase(state), -1, past_cutover
            FROM gone CROSS JOIN LATERAL unnest(further_waves) AS further (w) WHERE further_waves IS NOT NULL
        ) AS moved
        GROUP BY wave_id, kind, severity, domain, phase
        HAVING sum(delta) <> 0 OR coalesce(sum(delta) FILTER (WHERE past_cutover), 0) <> 0
        UNION ALL
        SELECT wave_id, '', 4, '', 'unresolved', 0, count(*), false, 0
        FROM (
            SELECT id, wave_id
            FROM (
                SELECT id, wave_id, 1 AS side FROM arrived WHERE severity = 4 AND cases_phase(state) = 'unresolved'
                UNION ALL
                SELECT id, further.w, 1 FROM arrived CROSS JOIN LATERAL unnest(further_waves) AS further (w)
                WHERE severity = 4 AND cases_phase(state) = 'unresolved' AND further_waves IS NOT NULL
                UNION ALL
                SELECT id, wave_id, -1 FROM gone WHERE severity = 4 AND cases_phase(state) = 'unresolved'
                UNION ALL
                SELECT id, further.w, -1 FROM gone CROSS JOIN LATERAL unnest(further_waves) AS further (w)
                WHERE severity = 4 AND cases_phase(state) = 'unresolved' AND further_waves IS NOT NULL
            ) AS sides
            GROUP BY id, wave_id HAVING sum(side) > 0
        ) AS turned
        GROUP BY wave_id;
    END IF;
    RETURN NULL;
END
$$;
