-- The stamp: what the database says of every entry, and the exact bytes that will be sealed.
-- It runs as the inserting role (not as its owner): the rights of the writer are enough.
CREATE OR REPLACE FUNCTION public.audit_stamp() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    IF NEW.verb LIKE 'row.%' AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'Audit log: entries about rows are written only by the triggers of their tables.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW."timestamp" := clock_timestamp();
    NEW.db_user := session_user;
    NEW.txid := pg_current_xact_id()::text::bigint;
    NEW.leaf_version := 1;
    NEW.actor_id := coalesce(NEW.actor_id, nullif(current_setting('concord.actor', true), '')::bigint);
    NEW.purpose := coalesce(nullif(NEW.purpose, ''), left(current_setting('concord.purpose', true), 64), '');
    NEW.cid := coalesce(nullif(NEW.cid, ''), left(current_setting('concord.cid', true), 64), '');
    NEW.object_pk := coalesce(NEW.object_pk, '');
    NEW.object_repr := '';
    NEW.subject := coalesce(NEW.subject, '');
    NEW.facts := coalesce(NEW.facts, '{}'::jsonb);
    -- Built here once and stored, so they never have to be rebuilt in the same way. One line, so a list of entries
    -- is valid NDJSON.
    NEW.bytes := convert_to(jsonb_build_object(
        'v', NEW.leaf_version,
        'id', NEW.id,
        'at', to_char(NEW."timestamp", 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'verb', NEW.verb,
        'subject', NEW.subject,
        'object', NEW.object_pk,
        'actor', NEW.actor_id,
        'db_user', NEW.db_user,
        'purpose', NEW.purpose,
        'cid', NEW.cid,
        'txid', NEW.txid,
        'facts', NEW.facts
    )::text, 'UTF8');
    NEW.leaf_hash := sha256('\x00'::bytea || NEW.bytes);
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION public.audit_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'Audit log: % on % is refused; entries never change.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

REVOKE ALL ON FUNCTION public.audit_stamp(), public.audit_refuse() FROM PUBLIC;
