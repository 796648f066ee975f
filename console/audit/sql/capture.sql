-- Row capture: every change of a governed table becomes an entry, whichever way the change was made.
-- The functions run as their owner (after `book_guard` the role that owns the book) and have no switch to turn them off.

-- HMAC-SHA-256 of a value, bound to its place and transaction: it proves a value to whoever holds the key, and tells
-- nobody else even that two values are equal.
CREATE OR REPLACE FUNCTION public.audit_digest(place text, value jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT 'h1:' || left(encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(
        place || E'\x1f' || pg_current_xact_id()::text || E'\x1f' || value::text, 'UTF8'))), 'hex'), 32)
    FROM public.audit_key k
    WHERE value IS NOT NULL AND value <> 'null'::jsonb
$$;

-- What is said of one row: changed columns as [before, after], in clear for the plain ones, as digests for all others.
-- NULL when nothing changed beyond the quiet columns.
CREATE OR REPLACE FUNCTION public.audit_facts(
    source text, pk text, before jsonb, after jsonb, plain text[], quiet text[]
) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    shown jsonb;
    hidden jsonb;
    loud boolean;
BEGIN
    SELECT jsonb_object_agg(c.name, jsonb_build_array(c.old, c.new)) FILTER (WHERE c.name = ANY (plain)),
           jsonb_object_agg(c.name, jsonb_build_array(
               public.audit_digest(source || '.' || c.name || ':' || pk, c.old),
               public.audit_digest(source || '.' || c.name || ':' || pk, c.new)
           )) FILTER (WHERE c.name <> ALL (plain)),
           bool_or(c.name <> ALL (quiet))
    INTO shown, hidden, loud
    FROM (
        SELECT name, nullif(b.value, 'null') AS old, nullif(a.value, 'null') AS new
        FROM jsonb_each(coalesce(before, '{}')) AS b (name, value)
        FULL JOIN jsonb_each(coalesce(after, '{}')) AS a (name, value) USING (name)
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
CREATE OR REPLACE FUNCTION public.audit_capture() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    source text := CASE TG_TABLE_SCHEMA WHEN 'public' THEN '' ELSE TG_TABLE_SCHEMA || '.' END || TG_TABLE_NAME;
    plain text[] := string_to_array(TG_ARGV[3], ',');
    quiet text[] := string_to_array(TG_ARGV[4], ',');
    total bigint;
    lowest text;
    highest text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF TG_ARGV[5] = 'bulk' AND (SELECT count(*) FROM (SELECT FROM after_rows LIMIT 51) few) > 50 THEN
            EXECUTE format('SELECT count(*), min(%1$I)::text, max(%1$I)::text FROM after_rows', TG_ARGV[0])
            INTO total, lowest, highest;
            INSERT INTO public.audit_logentry (verb, action, subject, facts)
            VALUES ('row.created', 0, TG_ARGV[1], jsonb_build_object(
                'table', source, 'rows', total, 'first', lowest, 'last', highest));
            RETURN NULL;
        END IF;
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
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_logentry (verb, action, subject, object_pk, facts)
        SELECT 'row.deleted', 2, TG_ARGV[1] || coalesce(b.j ->> TG_ARGV[2], ''), b.j ->> TG_ARGV[0],
               public.audit_facts(source, b.j ->> TG_ARGV[0], b.j, NULL, plain, quiet)
        FROM (SELECT to_jsonb(r) AS j FROM before_rows r OFFSET 0) b;
    ELSE
        INSERT INTO public.audit_logentry (verb, action, subject, facts)
        VALUES ('row.truncated', 2, TG_ARGV[1], jsonb_build_object('table', source));
    END IF;
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION public.audit_capture(), public.audit_digest(text, jsonb),
    public.audit_facts(text, text, jsonb, jsonb, text[], text[]) FROM PUBLIC;
