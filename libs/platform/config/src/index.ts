// The environment, read once: the only library that uses process.env. All other code receives the frozen object.
export { ConfigurationError, loadConfig, variableNames } from './config';
export type { Config } from './config';
export { childEnvironment } from './child-environment';
export { packageRoot, packageVersion } from './package-root';
export { CONFIG, ConfigModule } from './config.module';
export type { Network } from './trusted-proxies';
