import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';

/** The OpenAPI document. It can be created only once all routes are registered, and then never changes. */
@Injectable()
export class ApiDocument {
  private factory: (() => OpenAPIObject) | undefined;
  private document: OpenAPIObject | undefined;

  /** Sets the function that creates the document when it is first read. */
  setFactory(factory: () => OpenAPIObject): void {
    this.factory = factory;
  }

  /** The document. Throws before `setFactory`. */
  read(): OpenAPIObject {
    this.document ??= this.factory?.();
    if (this.document === undefined) {
      throw new Error('the API document was read before the server was created');
    }
    return this.document;
  }
}
