// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// English texts of the learner's pages and of the frame round every page.

import type { Texts } from './th';

export { lateEn } from './late-en';

export const en: Texts = {
  brand: 'Daorian',
  tagline: 'Lessons for everyone, on any connection',
  skip: 'Skip to content',
  loading: 'Loading…',
  retry: 'Try again',
  close: 'Close',
  cancel: 'Cancel',
  undo: 'Undo',
  nav: {
    label: 'Main menu',
    menu: 'Menu',
    lessons: 'Lessons',
    offline: 'Kept',
    upload: 'Upload',
    manage: 'My lessons',
    admin: 'Administration',
    account: 'My account',
    login: 'Sign in',
    logout: 'Sign out',
    language: 'ไทย',
    languageLabel: 'เปลี่ยนเป็นภาษาไทย',
    toDark: 'Use a dark background',
    toLight: 'Use a light background',
    settings: 'Settings and data budget',
    lite: 'Light version, without script',
  },
  errors: {
    offline: 'The server cannot be reached. Check the connection and try again.',
    server: (status) => `The server answered with an error (${status}). Please try again in a moment.`,
    unexpected: 'Something unexpected went wrong. Please try again.',
    heading: 'This page cannot be shown',
    notFound: 'There is no such page',
    notFoundHelp: 'The address may be mistyped, or the lesson has been withdrawn.',
    home: 'Go to the lessons',
    chunk: 'This part of the program did not load. Check the connection and try again.',
  },
  setupNeeded:
    'There is no administrator yet. Open the one-time link that the server printed when it started.',
  lesson: {
    by: (name) => `by ${name}`,
    published: (date) => `Published ${date}`,
    about: 'About this lesson',
    noDescription: 'No description',
    preparing: 'This lesson is being prepared',
    preparingHelp: 'This page changes by itself as soon as it can be played.',
    more: 'More qualities are on their way and will appear here by themselves.',
    failed: 'This lesson could not be prepared',
    withdrawn: 'This lesson has been withdrawn',
    withdrawnHelp: 'Ask the teacher if you want to watch it again.',
    percent: (n) => `${n}% done`,
    edit: 'Edit the lesson',
    light: 'Open the light version',
  },
  player: {
    label: 'Lesson player',
    play: 'Play',
    slide: (n, all) => `Slide ${n} of ${all}`,
  },
  rungs: {
    heading: 'Choose the quality',
    help: 'The figure is the data that the whole lesson uses',
    name: {
      voice: 'Sound only',
      'voice-opus': 'Sound only (Opus)',
      slides: 'Slides and sound',
      lite: 'Frugal picture',
      small: 'Small picture',
      medium: 'Medium picture',
      clear: 'Clear picture',
      large: 'Large picture',
      auto: 'Automatic',
    },
    autoHelp: 'follows the connection',
    atMost: (size) => `up to ${size}`,
    cap: 'at most',
    over: 'over budget',
    failed: 'could not be made',
    refused: (name) => `This browser cannot play “${name}”, so another one is proposed.`,
  },
};
