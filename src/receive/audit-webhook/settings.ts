/** What the audit webhook receiver is given. */
import type { SplunkMetadata } from '../../component.ts';
import type { Authorization } from '../authorization.ts';
import type { ListenerSettings } from '../listener-settings.ts';

/** The path of Falco's k8saudit plugin, so that an API server that posts there needs another host only. */
export const DEFAULT_PATH = '/k8s-audit';

export interface WebhookToken {
  /** SHA-256 of the token, 64 hexadecimal digits. */
  readonly sha256: string;
  /** The only cluster that whoever has this token may write as; undefined: any. */
  readonly cluster?: string | undefined;
}

export interface AuditWebhookReceiverSettings extends ListenerSettings {
  /** Default `/k8s-audit`. */
  readonly path?: string | undefined;
  /** Empty, and no `authorize`: everybody may send. */
  readonly tokens?: readonly WebhookToken[] | undefined;
  /** Decides from the `authorization` header where the token is not in `tokens`. */
  readonly authorize?: ((header: string | undefined) => Authorization) | undefined;
  /** Cluster of events whose sender is bound to none; events of this backend do not name theirs. */
  readonly cluster?: string | undefined;
  readonly metadata?: SplunkMetadata | undefined;
}
