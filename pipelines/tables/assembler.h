// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Packets of one PID in, whole checked sections out (ISO/IEC 13818-1 §2.4.4.1). Loss, garbage and
// wrong lengths cost the sections they hit and nothing else; holds one section at most.
#pragma once

#include "pipelines/tables/packet.h"
#include "pipelines/tables/section.h"

/** @section points into memory that is good until return. */
typedef void (*TablesAssemblerFunc)(const TablesSection *section, guint16 pid, gpointer data);

typedef struct _TablesAssembler TablesAssembler;

/** Returns: (transfer full). */
TablesAssembler *tables_assembler_new(guint16 pid, TablesAssemblerFunc func, gpointer data);
void tables_assembler_free(TablesAssembler *assembler);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TablesAssembler, tables_assembler_free)

/** Takes a packet of this PID; @order says what is missing before it. */
void tables_assembler_push(TablesAssembler *assembler, const TablesPacket *packet,
                           TablesPacketOrder order);

/** Returns: sections that were refused for length, check sum or numbers. */
guint64 tables_assembler_get_broken(const TablesAssembler *assembler);
