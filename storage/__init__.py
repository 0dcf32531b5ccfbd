"""Where rows and bytes rest: database, files, uploads, audit, jobs, mail and the clock."""
