/** Hunting: the HTTP API and its read-only queries. */
export type { DeadLetter, DeadLetters } from './dead-letter-routes.ts';
export { type Diagnostic, QueryRefusal } from './diagnostic.ts';
export { HuntApi } from './hunt-api.ts';
export { tableListing } from './listing-route.ts';
export {
  type CompiledSearch,
  type HuntDependencies,
  type HuntSettings,
  huntDefaults,
  type Listing,
  type ListingName,
  type ListingRequest,
  type QuerySettings,
  type StuckQuery,
} from './settings.ts';
export { checkSql, type SqlGuardSettings, sqlGuardDefaults } from './sql-guard.ts';
