-- The guard, installed by the superuser: not even the role that owns all other tables can change the audit log.
-- Everything is remembered by OID: renaming, or building a look-alike, does not get past it.
CREATE SCHEMA IF NOT EXISTS book_guard;
REVOKE ALL ON SCHEMA book_guard FROM PUBLIC;

CREATE TABLE IF NOT EXISTS book_guard.objects (
    classid oid NOT NULL, objid oid NOT NULL, what text NOT NULL, PRIMARY KEY (classid, objid));
CREATE TABLE IF NOT EXISTS book_guard.tables (
    relid oid PRIMARY KEY, relname name NOT NULL, relnamespace oid NOT NULL, book boolean NOT NULL);
CREATE TABLE IF NOT EXISTS book_guard.triggers (tgid oid PRIMARY KEY, relid oid NOT NULL, tgfoid oid NOT NULL);

-- Learn what stands now. A restored database has other OIDs than the guard remembers.
CREATE OR REPLACE FUNCTION book_guard.learn() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM book_guard.objects;
    DELETE FROM book_guard.tables;
    DELETE FROM book_guard.triggers;

    INSERT INTO book_guard.tables
    SELECT DISTINCT c.oid, c.relname, c.relnamespace, c.relname IN ('audit_logentry', 'audit_key')
    FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE c.relnamespace = 'public'::regnamespace AND p.pronamespace = 'public'::regnamespace
      AND p.proname IN ('audit_stamp', 'audit_refuse', 'audit_capture');

    INSERT INTO book_guard.triggers
    SELECT t.oid, t.tgrelid, t.tgfoid
    FROM pg_trigger t JOIN book_guard.tables g ON g.relid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE p.pronamespace = 'public'::regnamespace AND p.proname IN ('audit_stamp', 'audit_refuse', 'audit_capture');

    INSERT INTO book_guard.objects
    SELECT 'pg_class'::regclass, relid, 'table ' || relname FROM book_guard.tables WHERE book
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid, 'index ' || i.indexrelid::regclass::text
    FROM pg_index i JOIN book_guard.tables g ON g.relid = i.indrelid AND g.book
    UNION ALL
    SELECT 'pg_class'::regclass, d.objid, 'sequence ' || d.objid::regclass::text
    FROM pg_depend d JOIN book_guard.tables g ON g.relid = d.refobjid AND g.book JOIN pg_class s ON s.oid = d.objid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND s.relkind = 'S'
    UNION ALL
    SELECT 'pg_proc'::regclass, oid, 'function ' || proname FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'audit\_%'
    UNION ALL
    SELECT 'pg_trigger'::regclass, tgid, 'trigger on ' || relid::regclass::text FROM book_guard.triggers;
END $$;

CREATE OR REPLACE FUNCTION book_guard.refuse(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is guarded: % is refused. A migration that must do it needs `manage.py book_guard --lift` first.', what
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- Before any DDL: a memory that is of another database is renewed, so that restoring a backup leaves no gap.
CREATE OR REPLACE FUNCTION book_guard.on_start() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM book_guard.tables g JOIN pg_class c ON c.oid = g.relid AND c.relname = g.relname
                   WHERE g.relname = 'audit_logentry')
    THEN
        PERFORM book_guard.learn();
    END IF;
END $$;

-- After any DDL: check that the audit log is untouched, nothing was added to it, and every capture trigger remains.
CREATE OR REPLACE FUNCTION book_guard.on_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    command record;
    superuser boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = session_user);
BEGIN
    FOR command IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
        IF EXISTS (SELECT FROM book_guard.objects o WHERE o.classid = command.classid AND o.objid = command.objid)
            OR EXISTS (SELECT FROM pg_trigger t JOIN book_guard.tables g ON g.relid = t.tgrelid
                       WHERE command.classid = 'pg_trigger'::regclass AND t.oid = command.objid
                         AND (g.book OR t.tgname LIKE 'audit\_%'))
            OR EXISTS (SELECT FROM pg_rewrite r JOIN book_guard.tables g ON g.relid = r.ev_class
                       WHERE command.classid = 'pg_rewrite'::regclass AND r.oid = command.objid)
            OR EXISTS (SELECT FROM pg_policy p JOIN book_guard.tables g ON g.relid = p.polrelid
                       WHERE command.classid = 'pg_policy'::regclass AND p.oid = command.objid)
            OR EXISTS (SELECT FROM pg_index i JOIN book_guard.tables g ON g.relid = i.indrelid AND g.book
                       WHERE command.classid = 'pg_class'::regclass AND i.indexrelid = command.objid)
        THEN
            PERFORM book_guard.refuse(format('%s on %s', command.command_tag, command.object_identity));
        END IF;
        IF EXISTS (SELECT FROM pg_class c JOIN book_guard.tables g ON g.relname = c.relname AND g.relid <> c.oid
                   WHERE command.classid = 'pg_class'::regclass AND c.oid = command.objid AND (g.book OR NOT superuser))
        THEN
            PERFORM book_guard.refuse(format('a second relation named %s', command.object_identity));
        END IF;
        IF EXISTS (SELECT FROM pg_inherits h JOIN book_guard.tables g ON g.relid IN (h.inhrelid, h.inhparent)) THEN
            PERFORM book_guard.refuse(format('inheritance on %s', command.object_identity));
        END IF;
        IF command.classid = 'pg_namespace'::regclass AND NOT superuser
            AND EXISTS (SELECT FROM book_guard.tables g WHERE g.relnamespace = command.objid)
        THEN
            PERFORM book_guard.refuse(format('%s on the schema %s', command.command_tag, command.object_identity));
        END IF;
        IF command.classid = 'pg_class'::regclass
            AND EXISTS (SELECT FROM book_guard.tables g WHERE g.relid = command.objid)
        THEN
            INSERT INTO public.audit_logentry (verb, action, subject, facts)
            VALUES ('schema.changed', 1, '', jsonb_build_object(
                'table', command.object_identity, 'command', command.command_tag));
        END IF;
    END LOOP;
    PERFORM book_guard.refuse(format('removing, renaming or switching off what watches %s', g.relname))
    FROM book_guard.tables g LEFT JOIN pg_class c ON c.oid = g.relid
    WHERE c.oid IS NULL OR c.relname <> g.relname OR c.relnamespace <> g.relnamespace
       OR c.relrowsecurity OR c.relforcerowsecurity
       OR EXISTS (SELECT FROM book_guard.triggers w LEFT JOIN pg_trigger t ON t.oid = w.tgid
                  WHERE w.relid = g.relid AND (t.oid IS NULL OR t.tgenabled <> 'A' OR t.tgfoid <> w.tgfoid));
END $$;

CREATE OR REPLACE FUNCTION book_guard.on_drop() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM book_guard.refuse(format('dropping the %s', o.what))
    FROM pg_event_trigger_dropped_objects() d JOIN book_guard.objects o ON o.classid = d.classid AND o.objid = d.objid;
    PERFORM book_guard.refuse(format('dropping the table %s', g.relname))
    FROM pg_event_trigger_dropped_objects() d JOIN book_guard.tables g ON g.relid = d.objid
    WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0;
END $$;

CREATE OR REPLACE FUNCTION book_guard.on_rewrite() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM book_guard.refuse(format('rewriting the rows of %s', g.relname))
    FROM book_guard.tables g WHERE g.relid = pg_event_trigger_table_rewrite_oid();
END $$;

SELECT book_guard.learn();
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA book_guard FROM PUBLIC;

CREATE EVENT TRIGGER book_guard_start ON ddl_command_start EXECUTE FUNCTION book_guard.on_start();
CREATE EVENT TRIGGER book_guard_ddl ON ddl_command_end EXECUTE FUNCTION book_guard.on_ddl();
CREATE EVENT TRIGGER book_guard_drop ON sql_drop EXECUTE FUNCTION book_guard.on_drop();
CREATE EVENT TRIGGER book_guard_rewrite ON table_rewrite EXECUTE FUNCTION book_guard.on_rewrite();
ALTER EVENT TRIGGER book_guard_start ENABLE ALWAYS;
ALTER EVENT TRIGGER book_guard_ddl ENABLE ALWAYS;
ALTER EVENT TRIGGER book_guard_drop ENABLE ALWAYS;
ALTER EVENT TRIGGER book_guard_rewrite ENABLE ALWAYS;
