-- The audit log's own table: entries are stamped on insert and can never be changed.
ALTER TABLE public.audit_logentry ALTER COLUMN id SET GENERATED ALWAYS;

CREATE TRIGGER audit_stamp BEFORE INSERT ON public.audit_logentry
    FOR EACH ROW EXECUTE FUNCTION public.audit_stamp();
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON public.audit_logentry
    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();
ALTER TABLE public.audit_logentry ENABLE ALWAYS TRIGGER audit_stamp, ENABLE ALWAYS TRIGGER audit_refuse;

CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON public.audit_key
    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();
ALTER TABLE public.audit_key ENABLE ALWAYS TRIGGER audit_refuse;
