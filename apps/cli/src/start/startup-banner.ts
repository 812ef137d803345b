/** The content of the startup banner. */
export interface StartupSummary {
  readonly publicUrl: string;
  /** Undefined if DATABASE_URL is set. */
  readonly embedded: { readonly version: string; readonly dataDir: string } | undefined;
  readonly hasAdministrator: boolean;
  readonly hasRegistry: boolean;
}

/** The text that `start` prints once everything is ready. It lists the steps of the setup that are missing. */
export function startupBanner({
  publicUrl,
  embedded,
  hasAdministrator,
  hasRegistry,
}: StartupSummary): string {
  const steps = [
    ...(hasAdministrator
      ? []
      : [
          'Create an administrator:',
          '  npx central-index admin create NAME --email NAME@example.org --password-stdin',
        ]),
    ...(hasRegistry
      ? []
      : [
          'Register a registry:',
          '  npx central-index registry add main --url http://localhost:5000 --kind distribution2 --config registry.part.yml',
        ]),
  ];
  const lines = [
    `Central Index listens on ${publicUrl}.`,
    embedded
      ? `It runs on its embedded PostgreSQL ${embedded.version}; its data is in ${embedded.dataDir}.`
      : 'It runs on the PostgreSQL of DATABASE_URL.',
    ...(steps.length > 0 ? ['Next steps, in a second terminal:', ...steps.map((line) => `  ${line}`)] : []),
    'Stop it with Ctrl-C.',
  ];
  return `\n${lines.join('\n')}\n\n`;
}
