import { Module } from '@nestjs/common';
import { RegistryClient } from './registry-client';

/**
 * The means to ask registries. Apart from RegistriesModule because it needs a RegistryTokenSource, which an app that
 * imports it must provide globally.
 */
@Module({ providers: [RegistryClient], exports: [RegistryClient] })
export class RegistryClientModule {}
