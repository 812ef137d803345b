// The environment, read once: the only place that touches process.env. Everything else takes the frozen object.
export { ConfigurationError, loadConfig, variableNames } from './config';
export type { Config } from './config';
export { childEnvironment } from './child-environment';
export { packageRoot, packageVersion } from './package-root';
export { CONFIG, ConfigModule } from './config.module';
