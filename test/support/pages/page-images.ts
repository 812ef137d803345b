import { content, type TestImage } from '../images';

const oci = 'application/vnd.oci.image';

/** An image with all that a configuration states: command, environment, ports, labels, and the history of its layers. */
export function fullImageOf(version: string, architecture = 'amd64'): TestImage {
  const layers = [1, 2].map((n) =>
    content(`${oci}.layer.v1.tar+gzip`, `layer ${n} of ${version} ${architecture}`),
  );
  const config = content(
    `${oci}.config.v1+json`,
    JSON.stringify({
      os: 'linux',
      architecture,
      created: '2026-01-02T03:04:05Z',
      config: {
        User: 'app',
        Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'GREETING=<b>hello</b>'],
        Entrypoint: ['/bin/app'],
        Cmd: ['--port', '8080'],
        WorkingDir: '/srv',
        ExposedPorts: { '8080/tcp': {}, '9090/udp': {} },
        Volumes: { '/data': {} },
        Labels: {
          'org.opencontainers.image.source': 'https://example.org/alice/app',
          'org.opencontainers.image.url': 'https://example.org/app',
          'org.opencontainers.image.documentation': 'https://example.org/docs',
          'org.opencontainers.image.licenses': 'Apache-2.0',
          'org.opencontainers.image.vendor': 'Example',
          'org.opencontainers.image.version': version,
        },
      },
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
      history: [
        { created: '2026-01-02T03:04:05Z', created_by: 'COPY rootfs / # buildkit' },
        { created: '2026-01-02T03:04:06Z', created_by: 'ENV GREETING=<b>hello</b>', empty_layer: true },
        { created: '2026-01-02T03:04:07Z', created_by: 'RUN /bin/sh -c apk add --no-cache curl' },
      ],
    }),
  );
  const describe = ({ mediaType, digest, body }: (typeof layers)[number]): object => ({
    mediaType,
    digest,
    size: body.length,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: `${oci}.manifest.v1+json`,
    config: describe(config),
    layers: layers.map(describe),
  };
  return {
    ...content(manifest.mediaType, JSON.stringify(manifest)),
    blobs: [config, ...layers],
    children: [],
  };
}
