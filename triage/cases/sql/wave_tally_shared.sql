-- As wave_tally.sql, for cases that count in several waves: one row for each wave of a case, and no join for it.
CREATE OR REPLACE FUNCTION cases_wave_tally() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO cases_wavetally (wave_id, kind, severity, domain, phase, delta, became, folded)
        SELECT wave_id, kind, severity, domain, phase, count(*),
               CASE WHEN severity = 4 AND phase = 'unresolved' THEN count(*) ELSE 0 END, false
        FROM (
            SELECT wave_id, kind, severity, domain, cases_phase(state) AS phase FROM arrived
            UNION ALL
            SELECT further.w, kind, severity, domain, cases_phase(state)
            FROM arrived CROSS JOIN LATERAL unnest(further_waves) AS further (w) WHERE further_waves IS NOT NULL
        ) AS placed
        GROUP BY wave_id, kind, severity, domain, phase;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO cases_wavetally (wave_id, kind, severity, domain, phase, delta, became, folded)
        SELECT wave_id, kind, severity, domain, phase, -count(*), 0, false
        FROM (
            SELECT wave_id, kind, severity, domain, cases_phase(state) AS phase FROM gone
            UNION ALL
            SELECT further.w, kind, severity, domain, cases_phase(state)
            FROM gone CROSS JOIN LATERAL unnest(further_waves) AS further (w) WHERE further_waves IS NOT NULL
        ) AS placed
        GROUP BY wave_id, kind, severity, domain, phase;
    ELSE
        INSERT INTO cases_wavetally (wave_id, kind, severity, domain, phase, delta, became, folded)
        SELECT wave_id, kind, severity, domain, phase, sum(delta), 0, false
        FROM (
            SELECT wave_id, kind, severity, domain, cases_phase(state) AS phase, 1 AS delta FROM arrived
            UNION ALL
            SELECT further.w, kind, severity, domain, cases_phase(state), 1
            FROM arrived CROSS JOIN LATERAL unnest(further_waves) AS further (w) WHERE further_waves IS NOT NULL
            UNION ALL
            SELECT wave_id, kind, severity, domain, cases_phase(state), -1 FROM gone
            UNION ALL
            SELECT further.w, kind, severity, domain, cases_phase(state), -1
            FROM gone CROSS JOIN LATERAL unnest(further_waves) AS further (w) WHERE further_waves IS NOT NULL
        ) AS moved
        GROUP BY wave_id, kind, severity, domain, phase HAVING sum(delta) <> 0
        UNION ALL
        SELECT wave_id, '', 4, '', 'unresolved', 0, count(*), false
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
