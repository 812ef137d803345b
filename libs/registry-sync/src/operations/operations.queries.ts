import { sql } from '@central-index/platform/database';
import type { OperationEntity } from './operation.entity';

/** All columns of an operation. */
export type OperationRow = Pick<
  OperationEntity,
  | 'id'
  | 'kind'
  | 'request'
  | 'state'
  | 'result'
  | 'error'
  | 'requestedBy'
  | 'address'
  | 'createdAt'
  | 'finishedAt'
>;

const columns = `id, kind, request, state, result, error, requested_by as "requestedBy", address,
                 created_at as "createdAt", finished_at as "finishedAt"`;

/** Operations that ended more than 90 days ago. */
export const deleteExpiredOperations = sql(
  `delete from operation where finished_at < now() - interval '90 days'`,
);

/** $1: kind; $2: request as JSON; $3: account name; $4: IP address. */
export const insertOperation = sql<OperationRow>(
  `insert into operation (kind, request, requested_by, address) values ($1, $2, $3, $4) returning ${columns}`,
);

/** Operations that have not ended. $1: limit. */
export const selectUnfinishedOperations = sql<OperationRow>(
  `select ${columns} from operation where finished_at is null order by id limit $1`,
);

/** Also starts an operation again whose run was interrupted. No row when it has ended. $1: operation. */
export const startOperation = sql<OperationRow>(
  `update operation set state = 'running' where id = $1 and state in ('pending', 'running') returning ${columns}`,
);

/** $1: operation; $2: state; $3: result as JSON; $4: error. */
export const finishOperation = sql(
  `update operation set state = $2, result = $3, error = $4, finished_at = now()
    where id = $1 and state = 'running'`,
);
