import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentIn } from '../../test/acceptance/support/environment';
import { run, succeeded } from '../../test/acceptance/support/processes';

/** One request of a load: a POST of JSON if it has a body. `authorization` is the value of the header, if one is sent. */
export interface LoadRequest {
  readonly path: string;
  readonly authorization?: string;
  readonly body?: string;
}

/** What wrk measured. The mean, p50 and p99 are latencies in milliseconds. */
export interface WrkResult {
  readonly perSecond: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  /** Responses other than 2xx and 3xx, plus socket errors. */
  readonly failed: number;
}

const script = `
local requests, at = {}, 0
function init(args)
  for line in io.lines(args[1]) do
    local path, authorization, body = line:match("^([^\\t]*)\\t([^\\t]*)\\t(.*)$")
    local headers = {}
    if authorization ~= "" then headers["Authorization"] = authorization end
    if body ~= "" then headers["Content-Type"] = "application/json" end
    requests[#requests + 1] = wrk.format(body == "" and "GET" or "POST", path, headers, body)
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %f %f %f %f %d\\n", summary.requests / summary.duration * 1e6,
    latency.mean / 1000, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
`;

/** Repeats the requests in their order with wrk, on 32 connections unless `connections` is given. Writes to `folder`. */
export async function runWrk(
  url: string,
  folder: string,
  requests: readonly LoadRequest[],
  { seconds, connections = 32 }: { seconds: number; connections?: number },
): Promise<WrkResult> {
  const [lua, list] = [join(folder, 'load.lua'), join(folder, 'load.txt')];
  writeFileSync(lua, script);
  const lines = requests.map(
    ({ path, authorization = '', body = '' }) => `${path}\t${authorization}\t${body}\n`,
  );
  writeFileSync(list, lines.join(''));
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', lua, url, '--', list];
  const options = { env: environmentIn(folder), milliseconds: (seconds + 60) * 1000 };
  const { stdout } = succeeded(await run('wrk', args, options));
  const [perSecond, mean, p50, p99, failed] = /RESULT (\S+) (\S+) (\S+) (\S+) (\S+)/
    .exec(stdout)!
    .slice(1)
    .map(Number);
  return { perSecond: perSecond!, mean: mean!, p50: p50!, p99: p99!, failed: failed! };
}
