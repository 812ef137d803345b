'use strict';
// Jest runs what tsc has built: build first. It compiles nothing of ours, only the packages that it cannot load.

const { esmOnlyPackages, filesOf } = require('./dist/test/jest/esm-only-packages');

const swcOptions = { swcrc: false, sourceMaps: false, module: { type: 'commonjs' } };

const shared = {
  rootDir: __dirname,
  roots: ['<rootDir>/dist'],
  testEnvironment: '<rootDir>/dist/test/jest/environment.js',
  globalSetup: '<rootDir>/dist/test/jest/global-setup.js',
  globalTeardown: '<rootDir>/dist/test/jest/global-teardown.js',
  moduleFileExtensions: ['js', 'json', 'node'],
  transform: { '\\.js$': ['@swc/jest', swcOptions] },
  // Files that match go through no cache either: Jest would forget their source maps.
  transformIgnorePatterns: [`^(?!.*${filesOf(esmOnlyPackages(__dirname))})`],
};

module.exports = {
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['**/*.spec.js'] },
    { ...shared, displayName: 'e2e', testMatch: ['**/*.e2e-spec.js'] },
    {
      ...shared,
      displayName: 'acceptance',
      testMatch: ['**/*.acceptance-spec.js'],
      // In two lanes, after the others.
      runner: '<rootDir>/dist/test/jest/lane-runner.js',
      setupFilesAfterEnv: ['<rootDir>/dist/test/jest/long-timeout.js'],
    },
  ],
  // Of one test or hook.
  testTimeout: 120_000,
  maxWorkers: 2,
  // A worker keeps some of every file that it has run; beyond this it is replaced between two files.
  workerIdleMemoryLimit: '1500MB',
  reporters: ['<rootDir>/dist/test/jest/reporter.js'],
  // Lines are honest; processes that a test starts are not counted.
  coverageProvider: 'v8',
  coverageReporters: ['text-summary', 'html', 'lcovonly'],
  collectCoverageFrom: ['dist/{apps,libs}/**/*.js', '!**/*.spec.js', '!**/*.contract.js'],
};
