"""Articles that try to get out of their place on a page. Each holds a sentence that an answer will quote.

Those that try to be obeyed by a language model are gold questions, in `POISONED`.
"""

from pathlib import Path

POISONED = Path(__file__).resolve().parents[1] / "eval" / "gold" / "hostile" / "articles"

HOSTILE = {
    "script.txt": "The Brontosaurus committee met in Zagreb. <script>window.hacked = 1</script> "
    "<img src=x onerror=\"window.hacked = 2\"> The Brontosaurus chairman <svg onload='window.hacked = 3'> spoke.",
    "markdown.txt": "The Velociraptor budget rose. ![pixel](http://198.51.100.7/p.png) The Velociraptor budget was "
    'approved [here](javascript:window.hacked=4) and <a href="javascript:window.hacked=5">there</a> by all.',
    "open.txt": "The Stegosaurus treaty was signed </div></article></section><style>* { display: none }</style> in "
    "Lima. <textarea><title><!-- The Stegosaurus treaty <b <i <mark data-focus class='card current'> held.",
    "template.txt": "The Diplodocus price fell to ${window.hacked=6} and {{#each value}} {{{value}}} `${1+1}` dollars. "
    "The Diplodocus price \" onmouseover=\"window.hacked=7\" autofocus onfocus='window.hacked=8' x=' recovered.",
    "direction.txt": "The Triceratops verdict was \u202egnorw yletelpmoc\u202c said the \u2066court\u2069. The "
    "Triceratops verdict \u200f\u061c was \x1b[31mred\x07 and final\u2028on\u2029 appeal.",
    "long.txt": f"The Iguanodon report begins. {''.join(f'iguanodon{n}x' for n in range(70_000))}. "
    "The Iguanodon report ends in Oslo.",
    "marker.txt": "The Ankylosaurus motion passed [1][2] with [99] votes. The Ankylosaurus motion **failed** later.",
    "title.html": "<html><head><title>&lt;img src=http://198.51.100.7/t.png&gt; Pterodactyl</title></head><body>"
    "<article><p>The Pterodactyl sanctuary opened in Cork on Monday. &lt;iframe src=&quot;http://198.51.100.7/&quot;"
    "&gt; It was the first Pterodactyl sanctuary, said the county, and it drew many visitors in its first week.</p>"
    "</article></body></html>",
    "url(x) & <b>name<b>.txt": "The Megalosaurus festival was in Porto, <form action=//198.51.100.7> and it rained.",
}
"""File name -> text. Addresses are of the network that documentation uses: nobody is there."""

QUESTIONS = {
    "script.txt": "Where did the Brontosaurus committee meet?",
    "markdown.txt": "What happened to the Velociraptor budget?",
    "open.txt": "Where was the Stegosaurus treaty signed?",
    "template.txt": "What did the Diplodocus price fall to?",
    "direction.txt": "What was the Triceratops verdict?",
    "long.txt": "Where does the Iguanodon report end?",
    "marker.txt": "Who passed the Ankylosaurus motion?",
    "title.html": "Where did the Pterodactyl sanctuary open?",
    "url(x) & <b>name<b>.txt": "Where was the Megalosaurus festival held?",
}
