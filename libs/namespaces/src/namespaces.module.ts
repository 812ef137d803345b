import { AuditModule } from '@central-index/audit';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { NamespaceEntity } from './namespace.entity';
import { NamespacesService } from './namespaces.service';

/** Gives an app who owns which namespace. */
@Module({
  imports: [AuditModule, TypeOrmModule.forFeature([NamespaceEntity])],
  providers: [NamespacesService],
  exports: [NamespacesService],
})
export class NamespacesModule {}
