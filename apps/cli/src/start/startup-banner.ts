/** What the operator is told once everything is ready. */
export interface StartupSummary {
  readonly publicUrl: string;
  /** Undefined when DATABASE_URL names a server of the operator's own. */
  readonly embedded: { readonly version: string; readonly dataDir: string } | undefined;
  readonly hasAdministrator: boolean;
  readonly hasRegistry: boolean;
}

/** The greeting in plain sentences; what has been done already is not asked for again. */
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
      ? `It runs on its embedded PostgreSQL ${embedded.version}; the data lies in ${embedded.dataDir}.`
      : 'It runs on the PostgreSQL that DATABASE_URL names.',
    ...(steps.length > 0
      ? ['What to do next, in a second terminal:', ...steps.map((line) => `  ${line}`)]
      : []),
    'Stop it with Ctrl-C.',
  ];
  return `\n${lines.join('\n')}\n\n`;
}
