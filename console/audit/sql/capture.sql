-- Row capture: every change of a governed table becomes an entry, whichever way the change was made.
-- The functions run as their owner (after `book_guard` the role that owns the audit log) and cannot be switched off.

-- The facts of one row: changed columns as [before, after], in clear for the plain ones, for all others as
-- HMAC-SHA-256 of the value, bound to its place and transaction: it proves a value to a holder of the key, and does not
-- tell anyone else even that two values are equal. NULL when nothing changed beyond the quiet columns.
CREATE OR REPLACE FUNCTION public.audit_facts(
    source text, pk text, before jsonb, after jsonb, plain text[], quiet text[]
) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    place text := E'\x1f' || pk || E'\x1f' || pg_current_xact_id()::text || E'\x1f';
    key public.audit_key;
    shown jsonb;
    hidden jsonb;
    loud boolean;
BEGIN
    SELECT * INTO key FROM public.audit_key;
    SELECT jsonb_object_agg(c.name, jsonb_build_array(c.old, c.new)) FILTER (WHERE c.name = ANY (plain)),
           jsonb_object_agg(c.name, jsonb_build_array(
               'h1:' || left(encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(
                   source || '.' || c.name || place || c.old::text, 'UTF8'))), 'hex'), 32),
               'h1:' || left(encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(
                   source || '.' || c.name || place || c.new::text, 'UTF8'))), 'hex'), 32)
           )) FILTER (WHERE c.name <> ALL (plain)),
           bool_or(c.name <> ALL (quiet))
    INTO shown, hidden, loud
    FROM (
        SELECT e.key AS name, nullif(before -> e.key, 'null') AS old, nullif(after -> e.key, 'null') AS new
        FROM jsonb_each(coalesce(after, before)) e
    ) c
    WHERE c.old IS DISTINCT FROM c.new;
    IF before IS NOT NULL AND after IS NOT NULL AND loud IS NOT TRUE THEN
        RETURN NULL;
    END IF;
    RETURN jsonb_build_object('table', source, 'pk', pk)
        || CASE WHEN shown IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('plain', shown) END
        || CASE WHEN hidden IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('hidden', hidden) END;
END $$;

-- Arguments of each trigger: key column, subject prefix, subject column, plain columns, quiet columns, "bulk" or "".
-- A statement about one row is by far the most common: it takes a path of its own, without a join.
CREATE OR REPLACE FUNCTION public.audit_capture() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    source text := CASE TG_TABLE_SCHEMA WHEN 'public' THEN '' ELSE TG_TABLE_SCHEMA || '.' END || TG_TABLE_NAME;
    plain text[] := string_to_array(TG_ARGV[3], ',');
    quiet text[] := string_to_array(TG_ARGV[4], ',');
    several bigint;
    before jsonb;
    after jsonb;
    facts jsonb;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO public.audit_logentry (verb, action, subject, facts)
        VALUES ('row.truncated', 2, TG_ARGV[1], jsonb_build_object('table', source));
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT count(*) INTO several FROM (SELECT FROM before_rows LIMIT 2) few;
    ELSE
        SELECT count(*) INTO several FROM (SELECT FROM after_rows LIMIT 51) few;
    END IF;
    IF several = 0 THEN
        RETURN NULL;
    ELSIF several = 1 THEN
        IF TG_OP <> 'INSERT' THEN
            SELECT to_jsonb(r) INTO before FROM before_rows r;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            SELECT to_jsonb(r) INTO after FROM after_rows r;
        END IF;
        facts := public.audit_facts(source, coalesce(after, before) ->> TG_ARGV[0], before, after, plain, quiet);
        IF facts IS NOT NULL THEN
            INSERT INTO public.audit_logentry (verb, action, subject, object_pk, facts)
            VALUES (
                CASE TG_OP WHEN 'INSERT' THEN 'row.created' WHEN 'UPDATE' THEN 'row.updated' ELSE 'row.deleted' END,
                CASE TG_OP WHEN 'INSERT' THEN 0 WHEN 'UPDATE' THEN 1 ELSE 2 END,
                TG_ARGV[1] || coalesce(coalesce(after, before) ->> TG_ARGV[2], ''),
                coalesce(after, before) ->> TG_ARGV[0],
                facts);
        END IF;
    ELSIF TG_OP = 'INSERT' AND TG_ARGV[5] = 'bulk' AND several > 50 THEN
        EXECUTE format(
            'SELECT jsonb_build_object(''table'', $1, ''rows'', count(*), ''first'', min(%1$I)::text,'
            ' ''last'', max(%1$I)::text) FROM after_rows', TG_ARGV[0]) INTO facts USING source;
        INSERT INTO public.audit_logentry (verb, action, subject, facts)
        VALUES ('row.created', 0, TG_ARGV[1], facts);
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_logentry (verb, action, subject, object_pk, facts)
        SELECT 'row.created', 0, TG_ARGV[1] || coalesce(a.j ->> TG_ARGV[2], ''), a.j ->> TG_ARGV[0],
               public.audit_facts(source, a.j ->> TG_ARGV[0], NULL, a.j, plain, quiet)
        FROM (SELECT to_jsonb(r) AS j FROM after_rows r OFFSET 0) a;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO public.audit_logentry (verb, action, subject, object_pk, facts)
        SELECT 'row.updated', 1, TG_ARGV[1] || coalesce(c.subject, ''), c.pk, c.facts
        FROM (
            SELECT coalesce(a.j, b.j) ->> TG_ARGV[0] AS pk, coalesce(a.j, b.j) ->> TG_ARGV[2] AS subject,
                   public.audit_facts(source, coalesce(a.j, b.j) ->> TG_ARGV[0], b.j, a.j, plain, quiet) AS facts
            FROM (SELECT to_jsonb(r) AS j FROM before_rows r OFFSET 0) b
            FULL JOIN (SELECT to_jsonb(r) AS j FROM after_rows r OFFSET 0) a ON a.j ->> TG_ARGV[0] = b.j ->> TG_ARGV[0]
            OFFSET 0
        ) c
        WHERE c.facts IS NOT NULL;
    ELSE
        INSERT INTO public.audit_logentry (verb, action, subject, object_pk, facts)
        SELECT 'row.deleted', 2, TG_ARGV[1] || coalesce(b.j ->> TG_ARGV[2], ''), b.j ->> TG_ARGV[0],
               public.audit_facts(source, b.j ->> TG_ARGV[0], b.j, NULL, plain, quiet)
        FROM (SELECT to_jsonb(r) AS j FROM before_rows r OFFSET 0) b;
    END IF;
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION public.audit_capture(),
    public.audit_facts(text, text, jsonb, jsonb, text[], text[]) FROM PUBLIC;
