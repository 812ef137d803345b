import { AccountsModule } from '@central-index/accounts';
import { AuditModule } from '@central-index/audit';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { NamespaceEntity } from './namespace.entity';
import { NamespacesService } from './namespaces.service';
import { SignUpService } from './sign-up.service';

/** Namespaces, their owners, and sign-up. */
@Module({
  imports: [AccountsModule, AuditModule, TypeOrmModule.forFeature([NamespaceEntity])],
  providers: [NamespacesService, SignUpService],
  exports: [NamespacesService, SignUpService],
})
export class NamespacesModule {}
