-- Whether an audit event carries requestObject or responseObject: few do, and searches in those need not read the texts
-- of the others. Null for events that were stored before: any of them may.
alter table kube_audit add column has_objects boolean;
