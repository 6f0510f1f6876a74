import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Rule {
  readonly level: string;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly resources?: readonly { readonly group: string; readonly resources: readonly string[] }[];
}

interface Request {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly verb: string;
  /** `group/resource`, the group empty for the core group, or a path. */
  readonly of: string;
}

const policy = parse(await readFile(new URL('../../config/audit-policy.yaml', import.meta.url), 'utf8')) as {
  readonly rules: readonly Rule[];
  readonly omitStages: readonly string[];
};

describe('config/audit-policy.yaml', () => {
  const anonymous = { user: 'system:anonymous', groups: ['system:unauthenticated'] };
  const somebody = { user: 'jo@example.org', groups: ['system:authenticated'] };
  const kubelet = { user: 'system:node:node-a', groups: ['system:nodes', 'system:authenticated'] };

  test.each([
    ['a scan of the health endpoints is kept', { ...anonymous, verb: 'get', of: '/healthz' }, 'Metadata'],
    ['a scan for pods is kept', { ...anonymous, verb: 'list', of: '/pods' }, 'Metadata'],
    ['a body that a stranger sent is not', { ...anonymous, verb: 'create', of: '/pods' }, 'Metadata'],
    ['health checks are noise', { ...kubelet, verb: 'get', of: '/healthz' }, 'None'],
    ['leases are noise', { ...kubelet, verb: 'update', of: 'coordination.k8s.io/leases' }, 'None'],
    ['reading secrets is seen', { ...somebody, verb: 'get', of: '/secrets' }, 'Metadata'],
    ['secrets are not written to the log', { ...somebody, verb: 'create', of: '/secrets' }, 'Metadata'],
    ['nor are tokens', { ...somebody, verb: 'create', of: '/serviceaccounts/token' }, 'Metadata'],
    ['exec is seen', { ...somebody, verb: 'create', of: '/pods/exec' }, 'Metadata'],
    ['a new pod comes with its body', { ...somebody, verb: 'create', of: '/pods' }, 'Request'],
    ['a changed pod comes with its body', { ...somebody, verb: 'update', of: '/pods' }, 'Request'],
    ['status reports come without', { ...kubelet, verb: 'patch', of: '/pods/status' }, 'Metadata'],
    ['a new cron job comes with its body', { ...somebody, verb: 'create', of: 'batch/cronjobs' }, 'Request'],
    ['a new daemon set comes with its body', { ...somebody, verb: 'create', of: 'apps/daemonsets' }, 'Request'],
    ['a new service comes with its body', { ...somebody, verb: 'create', of: '/services' }, 'Request'],
    ['image pulls come with their message', { ...kubelet, verb: 'create', of: '/events' }, 'Request'],
    [
      'a new role binding comes with its body',
      { ...somebody, verb: 'create', of: `rbac.authorization.k8s.io/rolebindings` },
      'Request',
    ],
    ['listing pods is seen', { ...somebody, verb: 'list', of: '/pods' }, 'Metadata'],
    ['what nobody thought of is seen', { ...somebody, verb: 'delete', of: 'example.org/widgets' }, 'Metadata'],
  ] as const)('%s', (_claim, request, level) => {
    expect(levelOf(request)).toBe(level);
  });

  test('keeps the stages at which a session and its outcome are seen', () => {
    expect(policy.omitStages).toEqual(['RequestReceived']);
  });
});

/** The level of the first rule that fits, as kube-apiserver decides (k8s.io/apiserver pkg/audit/policy). */
function levelOf(request: Request): string {
  for (const rule of policy.rules) {
    if (rule.users !== undefined && !rule.users.includes(request.user ?? '')) continue;
    if (rule.userGroups !== undefined && !rule.userGroups.some((group) => request.groups?.includes(group))) continue;
    if (rule.verbs !== undefined && !rule.verbs.includes(request.verb)) continue;
    if (rule.resources === undefined && rule.nonResourceURLs === undefined) return rule.level;
    const isResource = !/^\/(healthz|livez|readyz)/.test(request.of);
    const slash = request.of.indexOf('/');
    const [group, resource] = [request.of.slice(0, slash), request.of.slice(slash + 1)];
    if (isResource && rule.resources?.some((entry) => entry.group === group && entry.resources.includes(resource)))
      return rule.level;
    if (!isResource && rule.nonResourceURLs?.some((pattern) => matchesPath(pattern, request.of))) return rule.level;
  }
  return 'None';
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}
