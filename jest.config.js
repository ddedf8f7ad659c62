/** Types are checked by `npm run types`; here SWC only strips them. */
export default {
  testMatch: ['<rootDir>/{apps,libs,events,projections,deploy}/**/*.spec.ts', '<rootDir>/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest'] },
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testTimeout: 20_000,
}
