/** What the scanner reads of an audit event: the members that become columns. */
import { type placedLists, type placedTexts, slotOf } from '../../component.ts';
import { Members, type Reading } from './members.ts';

function text(name: (typeof placedTexts)[number]): Reading {
  return { as: 'text', slot: slotOf[name] };
}

function list(as: 'texts' | 'annotations', name: (typeof placedLists)[number]): Reading {
  return { as, slot: slotOf[name] };
}

function user(name: 'user' | 'impersonatedUser'): Reading {
  return {
    as: 'object',
    members: new Members({
      username: text(`${name}.username`),
      uid: text(`${name}.uid`),
      groups: list('texts', `${name}.groups`),
    }),
  };
}

export const eventMembers = new Members({
  kind: { as: 'kind' },
  apiVersion: { as: 'apiVersion' },
  level: text('level'),
  auditID: text('auditID'),
  stage: text('stage'),
  requestURI: text('requestURI'),
  verb: text('verb'),
  user: user('user'),
  impersonatedUser: user('impersonatedUser'),
  sourceIPs: list('texts', 'sourceIPs'),
  userAgent: text('userAgent'),
  objectRef: {
    as: 'object',
    members: new Members({
      resource: text('objectRef.resource'),
      namespace: text('objectRef.namespace'),
      name: text('objectRef.name'),
      uid: text('objectRef.uid'),
      apiGroup: text('objectRef.apiGroup'),
      apiVersion: text('objectRef.apiVersion'),
      resourceVersion: text('objectRef.resourceVersion'),
      subresource: text('objectRef.subresource'),
    }),
  },
  responseStatus: {
    as: 'object',
    members: new Members({
      status: text('responseStatus.status'),
      message: text('responseStatus.message'),
      reason: text('responseStatus.reason'),
      code: { as: 'code' },
    }),
  },
  requestObject: { as: 'request' },
  responseObject: { as: 'request' },
  requestReceivedTimestamp: { as: 'received' },
  stageTimestamp: { as: 'staged' },
  annotations: list('annotations', 'annotations'),
});
