import { chromium } from 'playwright-core';
const base = process.argv[2] ?? 'http://127.0.0.1:9177';
const b = await chromium.launch({ executablePath:'/usr/bin/chromium', args:'--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required'.split(' ')});
const id='0199f0a0-0000-7000-8000-000000000000';
const pages={list:'/',watch:`/watch/${id}`,upload:'/upload',manage:'/manage',admin:'/admin',users:'/admin/users',jobs:'/admin/jobs',audit:'/admin/audit',account:'/account',login:'/login'};
for(const [n,vp] of [['phone',{width:390,height:844}],['desk',{width:1366,height:768}]]){
 const c=await b.newContext({viewport:vp,locale:'th-TH'}); const p=await c.newPage();
 p.on('console',m=>['error','warning'].includes(m.type())&&console.log(n,m.text())); p.on('pageerror',e=>console.log(n,'PAGEERROR',e.message));
 for(const [k,u] of Object.entries(pages)){ await p.goto(base+u); await p.waitForTimeout(500); await p.screenshot({path:`/tmp/shots/${k}-${n}.png`,fullPage:n==='phone'});
  const w=await p.evaluate(()=>document.documentElement.scrollWidth-innerWidth); if(w>0)console.log('OVERFLOW',k,n,w);}
 if(n==='desk'){ await p.goto(base+pages.watch); await p.click('.player-start'); await p.waitForTimeout(2500);
  console.log(await p.evaluate(()=>{const v=document.querySelector('video');return JSON.stringify({t:v.currentTime,p:v.paused,b:v.buffered.length&&v.buffered.end(0),q:v.getVideoPlaybackQuality().totalVideoFrames,err:v.error?.message,rs:v.readyState})}));
  await p.screenshot({path:`/tmp/shots/play-desk.png`}); 
  await p.emulateMedia({colorScheme:'dark'}); await p.screenshot({path:`/tmp/shots/dark-desk.png`}); await p.goto(base+'/'); await p.waitForTimeout(400); await p.screenshot({path:`/tmp/shots/darklist-desk.png`}); }
 await c.close(); }
await b.close();
