-- A case is assigned while it is unresolved and in the queue where it was assigned, whichever statement moves it on.
CREATE FUNCTION cases_end_assignment() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.assignee_id := NULL;
    NEW.assigned_at := NULL;
    RETURN NEW;
END
$$;

CREATE TRIGGER cases_end_assignment BEFORE UPDATE OF state, queue_id ON cases_case FOR EACH ROW
    WHEN (OLD.assignee_id IS NOT NULL AND NEW.assignee_id IS NOT NULL
          AND (NEW.queue_id <> OLD.queue_id OR NEW.state NOT IN ('open', 'claimed', 'deferred', 'waiting')))
    EXECUTE FUNCTION cases_end_assignment();
