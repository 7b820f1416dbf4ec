/** What a browser without the token sees. No scripts, no styles: the page must work under the strictest policy. */
export const NOT_LET_IN_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Switchyard</title>
<h1>Switchyard</h1>
<p>This page needs the address that Switchyard printed when it started: it ends in <code>?token=…</code>.
Copy it from the terminal and open it here.</p>
<p lang="ko">이 페이지를 열려면 Switchyard가 시작할 때 출력한 주소가 필요합니다. <code>?token=…</code>으로 끝나는 주소를
터미널에서 복사해 여기에서 여세요.</p>
</html>
`;
