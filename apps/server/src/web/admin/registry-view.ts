import type { ParkedEventDto } from '../../admin/parked-events.dto';
import type { ListDto } from '../../api/page.dto';
import type { Refusal } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import type { TypedForm } from '../rendering/typed-form';
import type { RegistryState } from './overview-concerns';

/** What the page of a registry shows. */
export interface RegistryView {
  readonly state: RegistryState;
  readonly parked: ListDto<ParkedEventDto>;
  readonly isFirst: boolean;
  /** The form that was not accepted. */
  readonly typed?: TypedForm;
  readonly refusal: Refusal;
}

/** What the parts of the page of a registry get. */
export interface RegistryProps {
  readonly context: PageContext;
  readonly view: RegistryView;
}
