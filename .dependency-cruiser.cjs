/** Imports point one way: apps → domain and adapters → events → kernel. `architecture.spec.ts` plants a violation of every rule. */
const libs = (...names) => `^libs/(${names.join('|')})/`
const spec = { pathNot: '(\\.spec\\.ts$|/testing/)' }
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'kernel-stands-alone', severity: 'error', from: { path: libs('kernel'), ...spec }, to: { path: '^(apps/|events/|projections/|node_modules/|libs/(?!kernel/))' } },
    { name: 'calendar-knows-only-the-kernel', severity: 'error', from: { path: libs('calendar'), ...spec }, to: { path: '^(apps/|events/|projections/|node_modules/|libs/(?!kernel/|calendar/))' } },
    { name: 'events-know-only-the-kernel', severity: 'error', from: { path: '^events/', ...spec }, to: { path: '^(apps/|projections/|node_modules/|libs/(?!kernel/))' } },
    { name: 'domain-knows-no-adapter-and-no-package', severity: 'error', from: { path: libs('deviation', 'organisation', 'policy', 'duties', 'routines'), ...spec }, to: { path: '^(apps/|projections/|node_modules/|libs/(sqlite|postgres|event-store|read-model|key-vault|privacy|contracts|notary))' } },
    { name: 'projections-know-no-aggregate', severity: 'error', from: { path: '^projections/', ...spec }, to: { path: '^(apps/|node_modules/|libs/(deviation|routines|sqlite|postgres|event-store|read-model|key-vault|privacy|contracts|notary))' } },
    { name: 'adapters-know-no-domain', severity: 'error', from: { path: libs('sqlite', 'postgres', 'event-store-[a-z]+', 'read-model-[a-z]+', 'key-vault-[a-z]+', 'smtp', 'webhook', 'privacy', 'notary', 'contracts'), ...spec }, to: { path: '^(apps/|events/|projections/|libs/(deviation|organisation|policy|duties|routines))' } },
    { name: 'postgres-knows-no-sqlite', severity: 'error', from: { path: libs('postgres', '[a-z-]+-postgres'), ...spec }, to: { path: libs('sqlite', '[a-z-]+-sqlite') } },
    { name: 'keys-in-postgres-know-no-key-file', severity: 'error', from: { path: libs('key-vault-postgres'), ...spec }, to: { path: '^libs/privacy/(vault|key-file|master-key)' } },
    { name: 'only-apps-know-nest', severity: 'error', from: { pathNot: '^apps/' }, to: { path: 'node_modules/(@nestjs|class-validator|class-transformer|fastify)' } },
    { name: 'one-file-knows-the-eventstoredb-client', severity: 'error', from: { pathNot: '^libs/event-store-eventstoredb/(client\\.ts$|testing/)' }, to: { path: 'node_modules/(@eventstore|@grpc|google-protobuf)/' } },
    { name: 'only-the-desk-copies-logs', severity: 'error', from: { pathNot: '^(apps/desk/(run|copy-[a-z]+)\\.ts$|libs/(kernel|event-store-[a-z]+)/copy\\.ts$|libs/contracts/log-copy\\.ts$|.*\\.spec\\.ts$)' }, to: { path: '^(libs/(kernel|event-store-[a-z]+)/copy\\.ts$|apps/desk/copy-[a-z]+\\.ts$)' } },
    { name: 'resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|bench)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ['source', 'import', 'node', 'types', 'default'], exportsFields: ['exports'], extensions: ['.ts', '.js', '.json'] },
  },
}
