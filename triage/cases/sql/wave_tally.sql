-- Counts by wave, kind, severity, domain and phase as small deltas, and how often a case became an unresolved critical
-- one: a number that only grows. No joins: the planner has no statistics for transition tables.
CREATE FUNCTION cases_phase(state text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN state IN ('open', 'claimed', 'deferred', 'waiting') THEN 'unresolved'
         WHEN state IN ('verified', 'withdrawn') THEN state ELSE 'settled' END;

CREATE FUNCTION cases_wave_tally() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO cases_wavetally (wave_id, kind, severity, domain, phase, delta, became, folded)
        SELECT wave_id, kind, severity, domain, phase, count(*),
               CASE WHEN severity = 4 AND phase = 'unresolved' THEN count(*) ELSE 0 END, false
        FROM (SELECT wave_id, kind, severity, domain, cases_phase(state) AS phase FROM arrived) AS placed
        GROUP BY wave_id, kind, severity, domain, phase;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO cases_wavetally (wave_id, kind, severity, domain, phase, delta, became, folded)
        SELECT wave_id, kind, severity, domain, phase, -count(*), 0, false
        FROM (SELECT wave_id, kind, severity, domain, cases_phase(state) AS phase FROM gone) AS placed
        GROUP BY wave_id, kind, severity, domain, phase;
    ELSE
        INSERT INTO cases_wavetally (wave_id, kind, severity, domain, phase, delta, became, folded)
        SELECT wave_id, kind, severity, domain, phase, sum(delta), 0, false
        FROM (
            SELECT wave_id, kind, severity, domain, cases_phase(state) AS phase, 1 AS delta FROM arrived
            UNION ALL
            SELECT wave_id, kind, severity, domain, cases_phase(state), -1 FROM gone
        ) AS moved
        GROUP BY wave_id, kind, severity, domain, phase HAVING sum(delta) <> 0
        UNION ALL
        SELECT wave_id, '', 4, '', 'unresolved', 0, count(*), false
        FROM (
            SELECT id, wave_id
            FROM (
                SELECT id, wave_id, 1 AS side FROM arrived WHERE severity = 4 AND cases_phase(state) = 'unresolved'
                UNION ALL
                SELECT id, wave_id, -1 FROM gone WHERE severity = 4 AND cases_phase(state) = 'unresolved'
            ) AS sides
            GROUP BY id, wave_id HAVING sum(side) > 0
        ) AS turned
        GROUP BY wave_id;
    END IF;
    RETURN NULL;
END
$$;

-- The triggers first: they keep writers out until this commits, so that no case is missed or counted twice.
CREATE TRIGGER cases_wave_tally_insert AFTER INSERT ON cases_case
    REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION cases_wave_tally();
CREATE TRIGGER cases_wave_tally_update AFTER UPDATE ON cases_case
    REFERENCING OLD TABLE AS gone NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION cases_wave_tally();
CREATE TRIGGER cases_wave_tally_delete AFTER DELETE ON cases_case
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION cases_wave_tally();

INSERT INTO cases_wavetally (wave_id, kind, severity, domain, phase, delta, became, folded)
SELECT wave_id, kind, severity, domain, phase, count(*),
       CASE WHEN severity = 4 AND phase = 'unresolved' THEN count(*) ELSE 0 END, false
FROM (SELECT wave_id, kind, severity, domain, cases_phase(state) AS phase FROM cases_case) AS placed
GROUP BY wave_id, kind, severity, domain, phase;
