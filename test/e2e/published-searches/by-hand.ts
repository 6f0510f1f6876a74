/**
 * What each published search finds in recorded events, worked out a second time: plain code over the files' JSON, written search by
 * search from its text and the rules of SPL. It shares nothing with the compiler, the store or the normalizer, and knows only
 * as much of SPL as these searches need.
 */

// biome-ignore lint/suspicious/noExplicitAny: recorded JSON of any shape
type Json = any;

/** What a file holds, as each kind of search sees it. */
export interface Recorded {
  /** Audit events, those of envelopes unwrapped. */
  readonly audit: readonly Json[];
  /** The audit events came with the sourcetype of the EKS add-on; their texts, in the same order. */
  readonly eksTexts: readonly string[] | null;
  /** AKS diagnostic records. */
  readonly aks: readonly { readonly record: Json; readonly text: string; readonly event: Json }[];
  /** Log entries that stand under `data`, as Splunk's add-on hands on Pub/Sub messages. */
  readonly gke: readonly { readonly entry: Json; readonly text: string }[];
  /** The country and city of an address; null where the geo database has no record. */
  place(address: string): { readonly country: string; readonly city: string } | null;
}

/** Rows of the result; of those with a `count`, its sum. */
export interface Found {
  readonly rows: number;
  readonly events?: number;
}

type Keys = readonly (readonly string[])[];

/** A field's values: scalars as text, the members of arrays; objects and null are no values. */
function texts(value: Json): readonly string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(texts);
  return typeof value === 'object' ? [] : [String(value)];
}

function is(value: Json, wanted: string): boolean {
  return texts(value).some((text) => text.toLowerCase() === wanted.toLowerCase());
}

function begins(value: Json, start: string): boolean {
  return texts(value).some((text) => text.toLowerCase().startsWith(start.toLowerCase()));
}

/** `field!=a field!=b`: each is true as soon as one value differs. */
function differs(value: Json, ...others: readonly string[]): boolean {
  return others.every((other) => texts(value).some((text) => text !== other));
}

/** A word between Splunk's breakers. */
function hasWord(text: string, word: string): boolean {
  return new RegExp(`(?<![a-z0-9])${word}(?![a-z0-9])`, 'i').test(text);
}

function product(keys: Keys): readonly string[] {
  return keys.reduce<readonly string[]>(
    (rows, values) => rows.flatMap((row) => values.map((value) => `${row}\n${JSON.stringify(value)}`)),
    [''],
  );
}

/** `stats count … by`: a row for each combination; an event without one of the keys counts nowhere. */
function grouped(keys: readonly Keys[], atLeast = 0): Found {
  const counts = Map.groupBy(keys.flatMap(product), (row) => row);
  const kept = [...counts.values()].filter(({ length }) => length > atLeast);
  return { rows: kept.length, events: kept.reduce((sum, { length }) => sum + length, 0) };
}

/** `dedup`, `top` and `rare` of rows that have all keys; `top` and `rare` show ten. Several values of `dedup` are one key. */
function distinct(keys: readonly Keys[], limit = Number.POSITIVE_INFINITY): Found {
  return { rows: Math.min(limit, new Set(keys.flatMap(product)).size) };
}

const whole = (value: Json): readonly string[] => (texts(value).length === 0 ? [] : [JSON.stringify(texts(value))]);

/** `fillnull`: a typed field of the audit API always has a value; any other only where an event of the result has one. */
function filled(
  events: readonly Json[],
  typed: (event: Json) => Keys,
  others: (event: Json) => Keys = () => [],
): Found {
  const given = events.map(others);
  const known = (at: number) => given.some((keys) => (keys[at]?.length ?? 0) > 0);
  return grouped(
    events.map((event, index) => [
      ...typed(event).map((values) => (values.length === 0 ? ['0'] : values)),
      ...(given[index] ?? []).map((values, at) => (values.length === 0 && known(at) ? ['0'] : values)),
    ]),
  );
}

const REFERENCE = (event: Json): Keys => [
  texts(event.objectRef?.name),
  texts(event.objectRef?.namespace),
  texts(event.objectRef?.resource),
];

/** The thirteen fields that most of the searches group by. */
const REQUEST = (event: Json): Keys => [
  ...REFERENCE(event),
  texts(event.requestReceivedTimestamp),
  texts(event.requestURI),
  texts(event.responseStatus?.code),
  texts(event.sourceIPs),
  texts(event.stage),
  texts(event.user?.groups),
  texts(event.user?.uid),
  texts(event.user?.username),
  texts(event.userAgent),
  texts(event.verb),
];

/** The fields that searches for created objects group by. */
const CREATION = (event: Json): Keys => [
  ...REFERENCE(event),
  texts(event.responseStatus?.code),
  texts(event.sourceIPs),
  texts(event.stage),
  texts(event.user?.username),
  texts(event.userAgent),
  texts(event.verb),
];

const kinds = (event: Json): Keys => [texts(event.kind), texts(event.requestObject?.kind)];
const secretReads = ({ audit }: Recorded): readonly Json[] =>
  audit.filter(({ objectRef, verb }) => is(objectRef?.resource, 'secrets') && is(verb, 'get'));
const creations = ({ audit }: Recorded, resource: string): readonly Json[] =>
  audit.filter(({ objectRef, verb }) => is(objectRef?.resource, resource) && is(verb, 'create'));

/** `places`: Country and City of the event's addresses, which `iplocation` adds. */
function located(event: Json, place: Recorded['place'], part: 'country' | 'city'): readonly string[] {
  return texts(event.sourceIPs).flatMap((address) => place(address)?.[part] ?? []);
}

function unusualLocation(recorded: Recorded): Found {
  const of = (event: Json, part: 'country' | 'city') => located(event, recorded.place, part);
  const reads = secretReads(recorded);
  if (!reads.some((event) => of(event, 'country').length > 0)) return { rows: 0, events: 0 };
  return filled(
    reads.filter((event) => !of(event, 'country').includes('United States')),
    (event) => [...REQUEST(event), of(event, 'city'), of(event, 'country')],
  );
}

function scanning({ audit, place }: Recorded): Found {
  return grouped(
    audit
      .filter(({ user, responseStatus }) => is(user?.groups, 'system:unauthenticated') && responseStatus?.code === 403)
      .map((event) => [texts(event.sourceIPs), located(event, place, 'country'), located(event, place, 'city')]),
    5,
  );
}

/** Pods whose manifest, as kubectl applied it, has a member; OR binds tighter than AND. */
function appliedWith({ audit }: Recorded, member: string): Found {
  const applied = (event: Json) =>
    texts(event.requestObject?.metadata?.annotations?.['kubectl.kubernetes.io/last-applied-configuration']);
  return filled(
    audit.filter(
      (event) =>
        is(event.objectRef?.resource, 'pods') &&
        (is(event.verb, 'create') || is(event.verb, 'update')) &&
        applied(event).some((text) => text.toLowerCase().includes(member.toLowerCase())),
    ),
    CREATION,
    (event) => [...kinds(event), applied(event)],
  );
}

const decision = (annotations: Json): Json => annotations?.['authorization.k8s.io/decision'];
const reason = (annotations: Json): Json => annotations?.['authorization.k8s.io/reason'];

interface EksEvent {
  readonly event: Json;
  readonly text: string;
}

function eks({ audit, eksTexts }: Recorded): readonly EksEvent[] {
  return eksTexts === null ? [] : audit.map((event, index) => ({ event, text: eksTexts[index] ?? '' }));
}

/** `objectRef.resource=a OR b sourceIPs{}!=…`: `b` is a word to look for. */
function eksObjects(recorded: Recorded, resource: string, word: string): Found {
  return distinct(
    eks(recorded)
      .filter(({ event, text }) => is(event.objectRef?.resource, resource) || hasWord(text, word))
      .filter(({ event }) => differs(event.sourceIPs, '::1', '127.0.0.1'))
      .map(({ event }) => [texts(event.user?.username), whole(event.user?.groups)]),
  );
}

const anonymousOnEks = (recorded: Recorded): readonly Json[] =>
  eks(recorded)
    .map(({ event }) => event)
    .filter(({ user }) => is(user?.username, 'system:anonymous'));

function aksObjects(recorded: Recorded, keep: (event: Json, text: string) => boolean): Found {
  return distinct(
    aks(recorded)
      .filter(({ event, text }) => keep(event, text))
      .map(({ event }) => [texts(event.user?.username), whole(event.user?.groups)]),
  );
}

const aks = ({ aks }: Recorded) => aks.filter(({ record }) => is(record.category, 'kube-audit'));
const aksCount = (recorded: Recorded, keep: (event: Json) => boolean): Found => ({
  rows: aks(recorded).filter(({ event }) => keep(event)).length,
});
const rbacReasons = (events: readonly Json[]): Found =>
  distinct(
    events.map(({ user, annotations }) => [texts(user?.username), texts(reason(annotations))]),
    10,
  );

const callerIp = (entry: Json): Json => entry.protoPayload?.requestMetadata?.callerIp;
const userAgent = (entry: Json): Json => entry.protoPayload?.requestMetadata?.callerSuppliedUserAgent;
const principal = (entry: Json): Json => entry.protoPayload?.authenticationInfo?.principalEmail;
const cluster = (entry: Json): Json => entry.resource?.labels?.cluster_name;
const bindingOrRole = ({ entry, text }: Recorded['gke'][number]): boolean =>
  is(reason(entry.labels), 'ClusterRoleBinding') || hasWord(text, 'clusterrole');

/** No file of the corpora came with these sourcetypes. */
const noSuchSourcetype = (): Found => ({ rows: 0 });

/** By the search's view name. `token`: what was put in the place of `$src_ip$`. */
export const BY_HAND: Readonly<Record<string, (recorded: Recorded, token: string) => Found>> = {
  kubernetes_abuse_of_secret_by_unusual_location: unusualLocation,
  kubernetes_abuse_of_secret_by_unusual_user_agent: (recorded) =>
    filled(
      secretReads(recorded).filter(({ userAgent }) => !is(userAgent, 'Helm/3.13.2')),
      REQUEST,
    ),
  kubernetes_abuse_of_secret_by_unusual_user_group: (recorded) =>
    filled(
      secretReads(recorded).filter(({ user }) => !is(user?.groups, 'admin')),
      REQUEST,
    ),
  kubernetes_abuse_of_secret_by_unusual_user_name: (recorded) =>
    filled(
      secretReads(recorded).filter(({ user }) => !is(user?.username, 'admin')),
      REQUEST,
    ),
  kubernetes_access_scanning: scanning,
  kubernetes_scanning_by_unauthenticated_ip_address: scanning,
  kubernetes_aws_detect_suspicious_kubectl_calls: ({ audit }) =>
    filled(
      audit.filter(({ user }) => is(user?.username, 'system:anonymous') && is(user?.groups, 'system:unauthenticated')),
      REQUEST,
    ),
  kubernetes_create_or_update_privileged_pod: (recorded) => appliedWith(recorded, '"privileged":true'),
  kubernetes_pod_with_host_network_attachment: (recorded) => appliedWith(recorded, '"hostNetwork":true'),
  kubernetes_cron_job_creation: (recorded) =>
    filled(creations(recorded, 'cronjobs'), CREATION, (event) => [
      ...kinds(event),
      texts(event.requestObject?.spec?.schedule),
      texts(event.requestObject?.spec?.jobTemplate?.spec?.template?.spec?.containers?.map(({ image }: Json) => image)),
    ]),
  kubernetes_daemonset_deployed: (recorded) => filled(creations(recorded, 'daemonsets'), CREATION, kinds),
  kubernetes_node_port_creation: (recorded) =>
    filled(
      creations(recorded, 'services').filter(({ requestObject }) => is(requestObject?.spec?.type, 'NodePort')),
      CREATION,
      (event) => [...kinds(event), texts(event.requestObject?.spec?.type)],
    ),
  kubernetes_pod_created_in_default_namespace: (recorded) =>
    filled(
      creations(recorded, 'pods').filter(({ objectRef }) =>
        ['default', 'kube-system', 'kube-public'].some((namespace) => is(objectRef.namespace, namespace)),
      ),
      REQUEST,
    ),
  kubernetes_suspicious_image_pulling: ({ audit }) =>
    filled(
      audit.filter(
        ({ requestObject, objectRef }) =>
          begins(requestObject?.message, 'Pulling image') && !/splunk|falco/i.test(texts(objectRef?.name).join()),
      ),
      REQUEST,
    ),
  kubernetes_unauthorized_access: ({ audit }) =>
    filled(
      audit.filter(({ verb, responseStatus }) => is(verb, 'create') && is(responseStatus?.reason, 'Forbidden')),
      (event) => [...REQUEST(event).slice(1), texts(event.responseStatus?.message)],
    ),

  kubernetes_falco_shell_spawned: noSuchSourcetype,
  kubernetes_nginx_ingress_lfi: noSuchSourcetype,
  kubernetes_nginx_ingress_rfi: noSuchSourcetype,
  kubernetes_scanner_image_pulling: noSuchSourcetype,

  amazon_eks_kubernetes_cluster_scan_detection: (recorded) =>
    grouped(
      anonymousOnEks(recorded)
        .filter(({ userAgent }) => differs(userAgent, 'AWS Security Scanner'))
        .map(({ sourceIPs, user }) => [texts(sourceIPs), texts(user.username), texts(user.groups)]),
    ),
  amazon_eks_kubernetes_pod_scan_detection: (recorded) =>
    grouped(
      anonymousOnEks(recorded)
        .filter(({ verb, objectRef }) => is(verb, 'list') && is(objectRef?.resource, 'pods'))
        .filter(({ requestURI }) => is(requestURI, '/api/v1/pods'))
        .map(({ sourceIPs, user }) => [texts(sourceIPs), texts(user.username), texts(user.groups)]),
    ),
  aws_eks_kubernetes_cluster_sensitive_object_access: (recorded) => eksObjects(recorded, 'secrets', 'configmaps'),
  kubernetes_aws_detect_sensitive_role_access: (recorded) =>
    eksObjects(recorded, 'clusterroles', 'clusterrolebindings'),
  kubernetes_aws_detect_most_active_service_accounts_by_pod: (recorded) =>
    distinct(
      eks(recorded)
        .map(({ event }) => event)
        .filter(({ user, objectRef }) => is(user?.groups, 'system:serviceaccounts') && is(objectRef?.resource, 'pods'))
        .map((event) => [
          texts(event.sourceIPs),
          texts(event.user.username),
          texts(event.verb),
          texts(decision(event.annotations)),
        ]),
      10,
    ),
  kubernetes_aws_detect_rbac_authorization_by_account: (recorded) =>
    rbacReasons(eks(recorded).map(({ event }) => event)),
  kubernetes_aws_detect_service_accounts_forbidden_failure_access: (recorded) => ({
    rows: eks(recorded).filter(
      ({ event }) => is(event.user?.groups, 'system:serviceaccounts') && is(event.responseStatus?.status, 'Failure'),
    ).length,
  }),
  amazon_eks_kubernetes_activity_by_src_ip: (recorded, token) =>
    grouped(
      eks(recorded)
        .filter(({ event }) => is(event.sourceIPs, token))
        .map(({ event }) => [texts(decision(event.annotations)), texts(event.sourceIPs)]),
    ),

  kubernetes_azure_active_service_accounts_by_pod_namespace: (recorded) =>
    distinct(
      aks(recorded)
        .filter(
          ({ event }) =>
            begins(event.user?.groups, 'system:serviceaccounts') ||
            is(event.user?.username, 'system.anonymous') ||
            is(decision(event.annotations), 'allow'),
        )
        .map(({ event, record }) => [
          texts(event.sourceIPs),
          texts(event.user?.username),
          texts(event.verb),
          texts(event.responseStatus?.status),
          texts(record.properties.pod),
          texts(event.objectRef?.namespace),
        ]),
      10,
    ),
  kubernetes_azure_detect_rbac_authorization_by_account: (recorded) =>
    rbacReasons(aks(recorded).map(({ event }) => event)),
  kubernetes_azure_detect_sensitive_object_access: (recorded) =>
    aksObjects(
      recorded,
      (event, text) =>
        (is(event.objectRef?.resource, 'secrets') || hasWord(text, 'configmaps')) &&
        (is(event.user?.username, 'system.anonymous') || is(decision(event.annotations), 'allow')),
    ),
  kubernetes_azure_detect_sensitive_role_access: (recorded) =>
    aksObjects(
      recorded,
      (event, text) => is(event.objectRef?.resource, 'clusterroles') || hasWord(text, 'clusterrolebindings'),
    ),
  kubernetes_azure_detect_service_accounts_forbidden_failure_access: (recorded) =>
    aksCount(
      recorded,
      ({ user, responseStatus }) =>
        begins(user?.groups, 'system:serviceaccounts') && is(responseStatus?.reason, 'Forbidden'),
    ),
  kubernetes_azure_detect_suspicious_kubectl_calls: (recorded) =>
    distinct(
      aks(recorded)
        .map(({ event }) => event)
        .filter(({ userAgent, sourceIPs }) => begins(userAgent, 'kubectl') && differs(sourceIPs, '127.0.0.1', '::1'))
        .map(({ sourceIPs, verb, userAgent, user, objectRef, requestURI }) => [
          texts(sourceIPs),
          texts(verb),
          texts(userAgent),
          texts(user?.groups),
          texts(objectRef?.resource),
          texts(objectRef?.namespace),
          texts(requestURI),
        ]),
      10,
    ),
  kubernetes_azure_pod_scan_fingerprint: (recorded) =>
    aksCount(recorded, ({ responseStatus }) => responseStatus?.code === 401),
  kubernetes_azure_scan_fingerprint: (recorded) =>
    aksCount(recorded, ({ responseStatus }) => responseStatus?.code === 401),

  // It asks entries of Google for the category of Azure.
  gcp_kubernetes_cluster_pod_scan_detection: ({ gke }) => ({
    rows: gke.filter(({ entry }) => entry.category === 'kube-audit').length,
  }),
  gcp_kubernetes_cluster_scan_detection: ({ gke }) =>
    grouped(
      gke
        .map(({ entry }) => entry)
        .filter((entry) => differs(callerIp(entry), '127.0.0.1', '::1') && is(principal(entry), 'system:anonymous'))
        .filter((entry) => is(decision(entry.labels), 'forbid'))
        .filter((entry) => is(entry.protoPayload.status?.message, 'PERMISSION_DENIED'))
        .map((entry) => [texts(callerIp(entry)), texts(cluster(entry))]),
    ),
  kubernetes_gcp_detect_most_active_service_accounts_by_pod: ({ gke }) =>
    distinct(
      gke
        .map(({ entry }) => entry)
        .filter(({ protoPayload }) => is(protoPayload?.request?.spec?.group, 'system:serviceaccounts'))
        .map((entry) => [
          texts(callerIp(entry)),
          texts(principal(entry)),
          texts(userAgent(entry)),
          texts(decision(entry.labels)),
          texts(entry.protoPayload.response?.spec?.resourceAttributes?.resource),
        ]),
      10,
    ),
  kubernetes_gcp_detect_rbac_authorizations_by_account: ({ gke }) =>
    distinct(
      gke.filter(bindingOrRole).map(({ entry }) => [texts(principal(entry)), texts(reason(entry.labels))]),
      10,
    ),
  kubernetes_gcp_detect_sensitive_object_access: ({ gke }) =>
    distinct(
      gke
        .filter(
          ({ entry, text }) =>
            (entry.protoPayload?.authorizationInfo ?? []).some(({ resource }: Json) => is(resource, 'configmaps')) ||
            hasWord(text, 'secrets'),
        )
        .map(({ entry }) => [texts(callerIp(entry)), texts(principal(entry)), texts(cluster(entry))]),
    ),
  kubernetes_gcp_detect_sensitive_role_access: ({ gke }) =>
    distinct(
      gke
        .filter(bindingOrRole)
        .filter(({ entry }) => is(entry.protoPayload?.resourceName, 'apis/rbac.authorization.k8s.io/v1'))
        .filter(({ entry }) => differs(callerIp(entry), '::1'))
        .map(({ entry }) => [texts(callerIp(entry)), texts(principal(entry))]),
    ),
  // `!=*` is never true.
  kubernetes_gcp_detect_service_accounts_forbidden_failure_access: () => ({ rows: 0 }),
  kubernetes_gcp_detect_suspicious_kubectl_calls: ({ gke }) =>
    distinct(
      gke
        .map(({ entry }) => entry)
        .filter((entry) => begins(userAgent(entry), 'kubectl'))
        .filter((entry) => is(principal(entry), 'system:unsecured') || is(principal(entry), 'system:anonymous'))
        .map((entry) => [texts(callerIp(entry)), texts(principal(entry))]),
    ),
  gcp_kubernetes_activity_by_src_ip: ({ gke }, token) =>
    grouped(
      gke
        .map(({ entry }) => entry)
        .filter((entry) => is(callerIp(entry), token))
        .map((entry) => [texts(callerIp(entry)), texts(cluster(entry)), texts(entry.resource?.type)]),
    ),
};
