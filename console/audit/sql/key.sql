-- The key of the digests that replace values which must not be read from the log. HMAC needs the key padded and
-- mixed with two constants; both halves are kept, so that a digest costs two calls of sha256.
CREATE TABLE public.audit_key (inner_pad bytea NOT NULL, outer_pad bytea NOT NULL);
INSERT INTO public.audit_key
SELECT string_agg(set_byte('\x00'::bytea, 0, get_byte(k.padded, i) # 54), ''::bytea ORDER BY i),
       string_agg(set_byte('\x00'::bytea, 0, get_byte(k.padded, i) # 92), ''::bytea ORDER BY i)
FROM (SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
             || decode(repeat('00', 32), 'hex') AS padded) k,
     generate_series(0, 63) i;
CREATE UNIQUE INDEX audit_key_once ON public.audit_key ((true));
