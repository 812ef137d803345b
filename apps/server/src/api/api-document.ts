import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';

/** Holds the OpenAPI document, which can be made only once all routes are known, and then never changes. */
@Injectable()
export class ApiDocument {
  private make: (() => OpenAPIObject) | undefined;
  private made: OpenAPIObject | undefined;

  /** Says how to make the document when it is first asked for. */
  setFactory(make: () => OpenAPIObject): void {
    this.make = make;
  }

  /** The document. */
  read(): OpenAPIObject {
    this.made ??= this.make?.();
    if (this.made === undefined)
      throw new Error('the API document was asked for before the server was built');
    return this.made;
  }
}
