// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a foreign site's page does with Uppy as published: takes a File and sends it to the daemon,
// which is another origin. Bundled and served by uppy-browser.mjs, which gives `noteRequest`.
import Uppy from '@uppy/core';
import UppyTus from '@uppy/tus';

/** Uploads what `/file` holds. Resolves when Uppy is done; rejects with what Uppy says failed. */
globalThis.uploadFile = async (endpoint, token, chunkSize, retryDelays) => {
  const bytes = await (await fetch('/file')).blob();
  const uppy = new Uppy({ autoProceed: false });
  uppy.use(UppyTus, {
    endpoint,
    chunkSize,
    retryDelays,
    limit: 1,
    allowedMetaFields: true,
    headers: { Authorization: `Bearer ${token}` },
    onBeforeRequest: (request) => {
      if (request.getMethod() === 'PATCH') globalThis.notePatch(Number(request.getHeader('Upload-Offset')));
    },
    onAfterResponse: (request, response) => {
      const lesson = response.getHeader('Daorian-Lesson');
      if (lesson) globalThis.noteLesson(lesson);
    },
  });
  uppy.addFile({ name: 'uppy.bin', type: 'video/mp4', data: new File([bytes], 'uppy.bin', { type: 'video/mp4' }) });
  const result = await uppy.upload();
  if (result.failed.length > 0) throw new Error(String(result.failed[0].error));
};
