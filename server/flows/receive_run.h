// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The disk side of one run of bytes (receive_append.c): descriptor, running sums, and what is
// written and what is durable. Its functions block and belong to the upload-writer threads, one
// call at a time.
#pragma once

#include "server/flows/receive_digest.h"
#include "server/storage.h"

typedef struct {
    char *part_path;             // (owned)
    char *mark_path;             // (owned): stands while the run's bytes are not verified
    int descriptor;              // (owned): −1 when closed
    gint64 start_bytes;          // offset at which the run began
    gint64 written_bytes;        // offset behind the last byte in the file
    gint64 durable_bytes;        // offset behind the last byte that is synced
    FlowsReceiveDigest *digest;  // (owned) (nullable): SHA-256 of the upload from its first byte
    FlowsReceiveDigest *before;  // (owned) (nullable): the same as the run began, when checked
    FlowsReceiveDigest *checked; // (owned) (nullable): of the run alone
    ServerStorage *storage;      // (unowned)
    gint64 floor_bytes; // stop when less is free; 0: the length was declared, space is ours
    gboolean starved;   // a write found the disk full
} FlowsReceiveRun;

/** Opens the file at start_bytes; sets the mark first when the run is checked. */
gboolean flows_receive_run_open(FlowsReceiveRun *run, GError **error);

/** Writes @chunks (element-type GBytes); every FLOWS_RECEIVE_RUN_SYNC_BYTES makes them durable. */
#define FLOWS_RECEIVE_RUN_SYNC_BYTES (16 * 1024 * 1024)
gboolean flows_receive_run_write(FlowsReceiveRun *run, GPtrArray *chunks, GError **error);

/**
 * flows_receive_run_settle:
 * @keep: FALSE takes the run's bytes back
 *
 * After a full disk the last FLOWS_RECEIVE_RUN_BREATH_BYTES are given back, so that the catalogue
 * has room to record the rest. Makes what stays durable, takes the mark away, closes the file. On
 * failure written_bytes is what was durable before.
 */
#define FLOWS_RECEIVE_RUN_BREATH_BYTES (2 * 1024 * 1024)
gboolean flows_receive_run_settle(FlowsReceiveRun *run, gboolean keep, GError **error);

void flows_receive_run_clear(FlowsReceiveRun *run);
